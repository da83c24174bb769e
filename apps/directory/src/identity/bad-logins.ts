import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { command } from '@platform/persistence';

/** Who tried: a local user, or a name that nobody has. */
export interface Trier {
  readonly provider: string;
  readonly username: string;
  readonly is_user: boolean;
}

/**
 * Counts a failed login. Parallel tries are counted one after the other, and none once the count is over the limit:
 * whatever their number, no more than `limit + 1` wrong passwords are ever answered as wrong.
 * @returns false when the trier was locked before this try
 */
export async function countBadLogin(orm: MikroORM, trier: Trier, limit: number): Promise<boolean> {
  return command(orm, {}, async (em) => {
    if (!trier.is_user) await forgetStrangers(em);
    const counted = await em.execute<{ attempts: number }[]>(
      `insert into bad_login (provider, username, is_user, attempts, last_failure_at) values (?, ?, ?, 1, date_trunc('second', now()))
       on conflict (provider, username) do update set attempts = bad_login.attempts + 1, is_user = excluded.is_user, last_failure_at = excluded.last_failure_at
       where bad_login.attempts <= ?
       returning attempts`,
      [trier.provider, trier.username, trier.is_user, limit],
    );
    return counted.length > 0;
  });
}

/** Clears the count after a good login. @returns false when the trier is locked, by the count or by the API: the count stays */
export async function clearBadLogins(em: EntityManager, trier: Trier, limit: number): Promise<boolean> {
  const found = await em.execute<{ attempts: number }[]>(
    'select attempts from bad_login where provider = ? and username = ? for update',
    [trier.provider, trier.username],
  );
  if ((found[0]?.attempts ?? 0) > limit || (await isLockedByApi(em, trier))) return false;
  if (found.length > 0) await forgetBadLogins(em, trier);
  return true;
}

/** Forgets what was counted for a name, whatever the count. */
export async function forgetBadLogins(em: EntityManager, name: Pick<Trier, 'provider' | 'username'>): Promise<void> {
  await em.execute('delete from bad_login where provider = ? and username = ?', [name.provider, name.username]);
}

async function isLockedByApi(em: EntityManager, { provider, username }: Trier): Promise<boolean> {
  const found: unknown[] = await em.execute('select from user_lock l join app_user u on u.user_id = l.user_id where u.provider = ? and u.username = ?', [provider, username]);
  return found.length > 0;
}

/** Each new stranger makes room by forgetting some old ones, or guessing names would fill the disk. */
async function forgetStrangers(em: EntityManager): Promise<void> {
  await em.execute(`
    delete from bad_login where (provider, username) in (
      select provider, username from bad_login where not is_user and last_failure_at < now() - interval '1 day'
      order by last_failure_at limit 10 for update skip locked)`);
}

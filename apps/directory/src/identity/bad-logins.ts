import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { command } from '@platform/persistence';

/** The name in a login attempt: of a local user, or of no user. */
export interface LoginName {
  readonly provider: string;
  readonly username: string;
  readonly is_user: boolean;
}

/** When wrong passwords lock a user, and for how long. */
export interface LockRule {
  /** The user is locked after more wrong passwords than this. */
  readonly limit: number;
  /** Duration of the first lock in seconds; each wrong password after a lock doubles it. */
  readonly first_s: number;
}

/** The longest lock by wrong passwords. Seconds. */
const longest_s = 3_600;

/**
 * Counts a failed login. Concurrent attempts are counted one after the other, and not while the user is locked. So at
 * most `limit + 1` wrong passwords are ever answered as wrong, and one more after each lock.
 * @returns false when the user was locked before this try
 */
export async function countBadLogin(
  orm: MikroORM,
  loginName: LoginName,
  { limit, first_s }: LockRule,
): Promise<boolean> {
  return command(orm, {}, async (em) => {
    if (!loginName.is_user) await forgetStrangers(em);
    const counted = await em.execute<{ attempts: number }[]>(
      `insert into bad_login (provider, username, is_user, attempts, last_failure_at) values (?, ?, ?, 1, date_trunc('second', now()))
       on conflict (provider, username) do update set attempts = bad_login.attempts + 1, is_user = excluded.is_user, last_failure_at = excluded.last_failure_at
       where bad_login.locked_until is null or bad_login.locked_until <= now()
       returning attempts`,
      [loginName.provider, loginName.username, loginName.is_user],
    );
    const [row] = counted;
    if (row !== undefined && row.attempts > limit) {
      const seconds = Math.min(longest_s, first_s * 2 ** Math.min(20, row.attempts - limit - 1));
      await em.execute(
        `
        update bad_login
        set locked_until = now() + ? * interval '1 second'
        where provider = ? and username = ?`,
        [seconds, loginName.provider, loginName.username],
      );
    }
    return row !== undefined;
  });
}

/**
 * Clears the count after a successful login.
 * @returns false when the user is locked, by the count or by the API; then the count stays
 */
export async function clearBadLogins(em: EntityManager, loginName: LoginName): Promise<boolean> {
  const found = await em.execute<{ is_locked: boolean }[]>(
    `
      select coalesce(locked_until > now(), false) as is_locked
      from bad_login
      where provider = ? and username = ?
      for update`,
    [loginName.provider, loginName.username],
  );
  if (found[0]?.is_locked === true || (await isLockedByApi(em, loginName))) return false;
  if (found.length > 0) await forgetBadLogins(em, loginName);
  return true;
}

/** Deletes the count of a name. */
export async function forgetBadLogins(
  em: EntityManager,
  name: Pick<LoginName, 'provider' | 'username'>,
): Promise<void> {
  await em.execute('delete from bad_login where provider = ? and username = ?', [name.provider, name.username]);
}

async function isLockedByApi(em: EntityManager, { provider, username }: LoginName): Promise<boolean> {
  const found: unknown[] = await em.execute(
    `
    select
    from user_lock l
    join app_user u on u.user_id = l.user_id
    where u.provider = ? and u.username = ?`,
    [provider, username],
  );
  return found.length > 0;
}

/** Each new unknown name deletes some old ones: otherwise guessed names would fill the disk. */
async function forgetStrangers(em: EntityManager): Promise<void> {
  await em.execute(`
    delete from bad_login where (provider, username) in (
      select provider, username from bad_login where not is_user and last_failure_at < now() - interval '1 day'
      order by last_failure_at limit 10 for update skip locked)`);
}

import type { EntityManager } from '@mikro-orm/postgresql';

/** The name in a login attempt: of a local user, or of no user. */
export interface LoginName {
  readonly provider: string;
  readonly username: string;
  readonly is_user: boolean;
}

/** Counts a failed login, unless the user is locked. Returns the attempts; undefined when it was not counted. */
export async function addAttempt(
  em: EntityManager,
  { provider, username, is_user }: LoginName,
): Promise<number | undefined> {
  const [counted] = await em.execute<{ attempts: number }[]>(
    `insert into bad_login (provider, username, is_user, attempts, last_failure_at) values (?, ?, ?, 1, date_trunc('second', now()))
     on conflict (provider, username) do update set attempts = bad_login.attempts + 1, is_user = excluded.is_user, last_failure_at = excluded.last_failure_at
     where bad_login.locked_until is null or bad_login.locked_until <= now()
     returning attempts`,
    [provider, username, is_user],
  );
  return counted?.attempts;
}

/** Values: seconds, provider, username. */
export const lockForSeconds = `
  update bad_login
  set locked_until = now() + ? * interval '1 second'
  where provider = ? and username = ?`;

/** Locks the row of a name's count. Returns whether the count locks the user; undefined when there is none. */
export async function isLockedByCount(
  em: EntityManager,
  { provider, username }: LoginName,
): Promise<boolean | undefined> {
  const [found] = await em.execute<{ is_locked: boolean }[]>(
    `
      select coalesce(locked_until > now(), false) as is_locked
      from bad_login
      where provider = ? and username = ?
      for update`,
    [provider, username],
  );
  return found?.is_locked;
}

export async function isLockedByApi(em: EntityManager, { provider, username }: LoginName): Promise<boolean> {
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

/** Values: provider, username. */
export const deleteCount = 'delete from bad_login where provider = ? and username = ?';

/** Some old counts of names of no user. */
export const deleteOldStrangers = `
  delete from bad_login where (provider, username) in (
    select provider, username from bad_login where not is_user and last_failure_at < now() - interval '1 day'
    order by last_failure_at limit 10 for update skip locked)`;

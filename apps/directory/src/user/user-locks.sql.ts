import type { EntityManager } from '@mikro-orm/postgresql';
import type { Statement } from '@platform/persistence';

/** $1 provider, $2 name, $3 the current time. */
export const lockStatus: Statement = {
  name: 'lock-status',
  text: `
    select u.username, coalesce(b.attempts, 0) as bad_attempts_since_last_success_or_reset, coalesce(b.last_failure_at, $3::timestamptz) as last_failure_date
    from app_user u left join bad_login b on b.provider = u.provider and b.username = u.username
    where u.provider = $1 and (u.provider_id = $2 or u.username = $2) and not u.is_deleted
    order by u.provider_id = $2 desc, u.created_at, u.user_id limit 1`,
};

/** A user by provider and name. */
export interface UserName {
  readonly provider: string;
  readonly username: string;
}

/**
 * The id at the provider comes before the name, which users may have chosen. If several users have the name, the oldest
 * one is meant, as everywhere.
 */
const named = `
  select user_id, username from app_user where provider = ? and (provider_id = ? or username = ?) and not is_deleted
  order by provider_id = ? desc, created_at, user_id limit 1`;
const valuesOf = ({ provider, username }: UserName): string[] => [provider, username, username, username];

export async function userByName(
  em: EntityManager,
  name: UserName,
): Promise<{ user_id: string; username: string } | undefined> {
  const [user]: { user_id: string; username: string }[] = await em.execute(named, valuesOf(name));
  return user;
}

/** Locks a user, or sets the time of its lock. @returns its id; undefined: there is no such user */
export async function lockUserByName(
  em: EntityManager,
  name: UserName,
  type_of_lock: string,
  last_lock_date: string,
): Promise<string | undefined> {
  const [locked]: { user_id: string }[] = await em.execute(
    `insert into user_lock (user_id, type_of_lock, last_lock_date) select user_id, ?, ?::timestamptz from (${named}) as found
     on conflict (user_id) do update set last_lock_date = excluded.last_lock_date
     returning user_id`,
    [type_of_lock, last_lock_date, ...valuesOf(name)],
  );
  return locked?.user_id;
}

/** Of a user. */
export const deleteUserLock = 'delete from user_lock where user_id = ?';

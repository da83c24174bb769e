import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { command } from '@platform/persistence';
import {
  addAttempt,
  deleteCount,
  deleteOldStrangers,
  isLockedByApi,
  isLockedByCount,
  lockForSeconds,
  type LoginName,
} from './bad-logins.sql.js';

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
    // Each new unknown name deletes some old ones: otherwise guessed names would fill the disk.
    if (!loginName.is_user) await em.execute(deleteOldStrangers);
    const attempts = await addAttempt(em, loginName);
    if (attempts !== undefined && attempts > limit) {
      const seconds = Math.min(longest_s, first_s * 2 ** Math.min(20, attempts - limit - 1));
      await em.execute(lockForSeconds, [seconds, loginName.provider, loginName.username]);
    }
    return attempts !== undefined;
  });
}

/**
 * Clears the count after a successful login.
 * @returns false when the user is locked, by the count or by the API; then the count stays
 */
export async function clearBadLogins(em: EntityManager, loginName: LoginName): Promise<boolean> {
  const is_locked = await isLockedByCount(em, loginName);
  if (is_locked === true || (await isLockedByApi(em, loginName))) return false;
  if (is_locked !== undefined) await forgetBadLogins(em, loginName);
  return true;
}

/** Deletes the count of a name. */
export async function forgetBadLogins(
  em: EntityManager,
  { provider, username }: Pick<LoginName, 'provider' | 'username'>,
): Promise<void> {
  await em.execute(deleteCount, [provider, username]);
}

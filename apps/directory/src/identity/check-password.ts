import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Parts } from '../parts.js';
import { countBadLogin, type LoginName } from './bad-logins.js';

/** A user before the password is checked. If there is none, all but the provider are null, 0 or false. */
export interface KnownUser {
  /** Locked by the API, or by wrong passwords. */
  is_locked: boolean;
  user_id: string | null;
  provider: string;
  password_hash: string | null;
  is_validated: boolean | null;
}

/** The columns of a KnownUser; needs `knownJoins` and a row `given (username)`. $2 is the provider of local users. */
export const knownColumns = `
  l.user_id is not null or coalesce(b.locked_until > now(), false) as is_locked, u.user_id, coalesce(u.provider, $2) as provider, u.password_hash, u.is_validated`;

export const knownJoins = `
  left join app_user u on u.username = given.username and u.password_hash is not null and not u.is_deleted
  left join bad_login b on b.provider = coalesce(u.provider, $2) and b.username = given.username
  left join user_lock l on l.user_id = u.user_id`;

/** A user whose password was correct. */
export interface Recognized {
  readonly user_id: string;
  readonly loginName: LoginName;
}

/**
 * Checks a password and counts a wrong one. An unknown user, a wrong password and a user not yet validated get the same
 * error after the same work. The caller must clear the count in the transaction of the login: concurrent wrong attempts
 * may have locked the user meanwhile.
 * @throws ObpFailure OBP-20004, OBP-20013 or, when too many passwords wait, OBP-10018
 */
export async function checkPassword(
  parts: Parts,
  known: KnownUser,
  { username, password }: { username: string; password: string },
): Promise<Recognized> {
  const { user_id } = known;
  const { max_bad_login_attempts: limit, bad_login_lock_s: first_s } = parts.config;
  if (known.is_locked) return fail(Failure.FAILURE_USER_LOCKED);
  const loginName: LoginName = { provider: known.provider, username, is_user: user_id !== null };
  if (!(await parts.passwords.verify(known.password_hash ?? undefined, password)) || user_id === null) {
    const counted = await countBadLogin(parts.orm, loginName, { limit, first_s });
    return fail(counted ? Failure.FAILURE_INVALID_LOGIN_CREDENTIALS : Failure.FAILURE_USER_LOCKED);
  }
  // Not counted: a user who waits for validation must not be locked.
  if (known.is_validated !== true) return fail(Failure.FAILURE_INVALID_LOGIN_CREDENTIALS);
  return { user_id, loginName };
}

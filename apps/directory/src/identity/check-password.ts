import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Parts } from '../parts.js';
import { countBadLogin } from './bad-logins.js';
import type { LoginName } from './bad-logins.sql.js';
import type { KnownUser } from './log-in.sql.js';

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

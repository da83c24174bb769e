import { fail } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import { type BadLoginStatus, Failure, type UserLockStatus, UserServiceDefinition } from '@platform/messages';
import { wireTime } from '@platform/runtime';
import { auditedCallOf } from '../audit/audit.js';
import { forgetBadLogins } from '../identity/bad-logins.js';
import type { Parts } from '../parts.js';
import { deleteUserLock, lockStatus, lockUserByName, userByName, type UserName } from './user-locks.sql.js';

const type_of_lock = 'lock_via_api';

/** The rpcs that lock and unlock users, in addition to locks by wrong passwords. */
export function userLocks({ reader, audit, clock }: Parts): Implementation<UserServiceDefinition> {
  return {
    async getUserLockStatus(request) {
      const name = known(request);
      const [found] = await reader.rows<BadLoginStatus>({
        ...lockStatus,
        values: [name.provider, name.username, wireTime(clock())],
      });
      return found ?? userUnknownByName();
    },
    async unlockUserByProviderAndUsername(request, call) {
      const name = known(request);
      await audit.command(
        auditedCallOf(call, UserServiceDefinition, 'unlockUserByProviderAndUsername'),
        {},
        async (em, note) => {
          const user = await userByName(em, name);
          if (user === undefined) return userUnknownByName();
          await em.execute(deleteUserLock, [user.user_id]);
          await forgetBadLogins(em, { provider: name.provider, username: user.username });
          note({ kind: 'lock', subject: user.user_id });
        },
      );
      return {
        username: name.username,
        bad_attempts_since_last_success_or_reset: 0,
        last_failure_date: wireTime(clock()),
      };
    },
    async lockUserByProviderAndUsername(request, call): Promise<UserLockStatus> {
      const name = known(request);
      const last_lock_date = wireTime(clock());
      return audit.command(
        auditedCallOf(call, UserServiceDefinition, 'lockUserByProviderAndUsername'),
        {},
        async (em, note) => {
          const user_id = (await lockUserByName(em, name, type_of_lock, last_lock_date)) ?? userUnknownByName();
          note({ kind: 'lock', subject: user_id });
          return { user_id, type_of_lock, last_lock_date };
        },
      );
    },
  };
}

/** PostgreSQL cannot store NUL. */
function known({ provider, username }: UserName): UserName {
  return `${provider}${username}`.includes('\0') ? userUnknownByName() : { provider, username };
}

/** @throws ObpFailure OBP-20027 */
export function userUnknownByName(): never {
  return fail(Failure.FAILURE_USER_NOT_FOUND_BY_PROVIDER_AND_USERNAME);
}

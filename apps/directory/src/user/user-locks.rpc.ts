import { fail } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import { type BadLoginStatus, Failure, type UserLockStatus, type UserServiceDefinition } from '@platform/messages';
import { autocommit, command } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { forgetBadLogins } from '../identity/bad-logins.js';
import type { Parts } from '../parts.js';
import { lockStatus } from './user.sql.js';

/** A user as its provider and people name it. */
interface UserName {
  readonly provider: string;
  readonly username: string;
}

const type_of_lock = 'lock_via_api';

/** The provider's own id goes before the name, which users may have chosen; of those named alike the first is meant, as everywhere. */
const named = `
  select user_id, username from app_user where provider = ? and (provider_id = ? or username = ?) and not is_deleted
  order by provider_id = ? desc, created_at, user_id limit 1`;
const valuesOf = ({ provider, username }: UserName): string[] => [provider, username, username, username];

/** The rpcs that lock users, beside the count of bad logins. */
export function userLocks({ reader, orm, clock }: Parts): Implementation<UserServiceDefinition> {
  return {
    async getUserLockStatus(request) {
      const name = known(request);
      const [found] = await reader.rows<BadLoginStatus>({ ...lockStatus, values: [name.provider, name.username, wireTime(clock())] });
      return found ?? userUnknownByName();
    },
    async unlockUserByProviderAndUsername(request) {
      const name = known(request);
      await command(orm, {}, async (em) => {
        const [user] = await em.execute<{ user_id: string; username: string }[]>(named, valuesOf(name));
        if (user === undefined) return userUnknownByName();
        await em.execute('delete from user_lock where user_id = ?', [user.user_id]);
        await forgetBadLogins(em, { provider: name.provider, username: user.username });
      });
      return { username: name.username, bad_attempts_since_last_success_or_reset: 0, last_failure_date: wireTime(clock()) };
    },
    async lockUserByProviderAndUsername(request): Promise<UserLockStatus> {
      const name = known(request);
      const last_lock_date = wireTime(clock());
      const [locked] = await autocommit(orm, {}, (em) =>
        em.execute<{ user_id: string }[]>(
          `insert into user_lock (user_id, type_of_lock, last_lock_date) select user_id, ?, ?::timestamptz from (${named}) as found
           on conflict (user_id) do update set last_lock_date = excluded.last_lock_date
           returning user_id`,
          [type_of_lock, last_lock_date, ...valuesOf(name)],
        ),
      );
      return { user_id: (locked ?? userUnknownByName()).user_id, type_of_lock, last_lock_date };
    },
  };
}

/** No column holds NUL. */
function known({ provider, username }: UserName): UserName {
  return `${provider}${username}`.includes('\0') ? userUnknownByName() : { provider, username };
}

/** @throws ObpFailure OBP-20027 */
export function userUnknownByName(): never {
  return fail(Failure.FAILURE_USER_NOT_FOUND_BY_PROVIDER_AND_USERNAME);
}

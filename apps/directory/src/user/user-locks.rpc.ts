import { fail } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import { type BadLoginStatus, Failure, type UserLockStatus, UserServiceDefinition } from '@platform/messages';
import { wireTime } from '@platform/runtime';
import { deedOf } from '../audit/audit.js';
import { forgetBadLogins } from '../identity/bad-logins.js';
import type { Parts } from '../parts.js';
import { lockStatus } from './user.sql.js';

/** A user by provider and name. */
interface UserName {
  readonly provider: string;
  readonly username: string;
}

const type_of_lock = 'lock_via_api';

/**
 * The id at the provider comes before the name, which users may have chosen. If several users have the name, the oldest
 * one is meant, as everywhere.
 */
const named = `
  select user_id, username from app_user where provider = ? and (provider_id = ? or username = ?) and not is_deleted
  order by provider_id = ? desc, created_at, user_id limit 1`;
const valuesOf = ({ provider, username }: UserName): string[] => [provider, username, username, username];

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
        deedOf(call, UserServiceDefinition, 'unlockUserByProviderAndUsername'),
        {},
        async (em, note) => {
          const [user] = await em.execute<{ user_id: string; username: string }[]>(named, valuesOf(name));
          if (user === undefined) return userUnknownByName();
          await em.execute('delete from user_lock where user_id = ?', [user.user_id]);
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
        deedOf(call, UserServiceDefinition, 'lockUserByProviderAndUsername'),
        {},
        async (em, note) => {
          const [locked] = await em.execute<{ user_id: string }[]>(
            `insert into user_lock (user_id, type_of_lock, last_lock_date) select user_id, ?, ?::timestamptz from (${named}) as found
           on conflict (user_id) do update set last_lock_date = excluded.last_lock_date
           returning user_id`,
            [type_of_lock, last_lock_date, ...valuesOf(name)],
          );
          const { user_id } = locked ?? userUnknownByName();
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

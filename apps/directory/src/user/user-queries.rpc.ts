import { fail, isId, pageOf } from '@platform/failure';
import { type Implementation } from '@platform/grpc';
import { Failure, type GetUsersRequest, type UserServiceDefinition, type UsersV400, type UserV400 } from '@platform/messages';
import { pagesOf } from '@platform/persistence';
import { entitlementsOfUser } from '../entitlement/entitlement.view.js';
import { listsOf } from '../pages.js';
import type { Parts } from '../parts.js';
import { userUnknown } from './user.entity.js';
import { localUserRecord, type LockedStatus, userList, userRecordById, userRecordByName, userRecordsByEmail } from './user.sql.js';
import { type UserRecord, type UserRow, userById, userV300, userV400 } from './user.view.js';
import { userUnknownByName } from './user-locks.rpc.js';
import { mostBytes, withEntitlements } from './users-with-entitlements.js';

/** Users fetched at once. */
const userRows = 100;

/** The rpcs that read users. */
export function userQueries(parts: Parts): Implementation<UserServiceDefinition> {
  const { reader, config } = parts;
  const limit = config.max_bad_login_attempts;
  const entitlementsOf = (user_id: string) => entitlementsOfUser(reader, user_id, config.super_admin_user_ids);

  const one = async (statement: typeof userRecordById, keys: string[], unknown: () => never): Promise<UserV400> => {
    // No column holds NUL.
    const [found] = keys.some((key) => key.includes('\0')) ? [] : await reader.rows<UserRecord>({ ...statement, values: [limit, ...keys] });
    const user = found ?? unknown();
    return userV400(user, await entitlementsOf(user.user_id));
  };

  return {
    async getCurrentUser(_request, { caller: { user_id } }) {
      const [[found], entitlements] = await Promise.all([reader.rows<UserRow>(userById(user_id)), entitlementsOf(user_id)]);
      return userV300(found ?? userUnknown(user_id), entitlements);
    },
    getCurrentUserId: (_request, { caller: { user_id } }) => Promise.resolve({ user_id }),
    async getUserByUserId({ user_id }) {
      const unknown = () => fail(Failure.FAILURE_USER_NOT_FOUND_BY_ID, ` Current UserId(${user_id})`);
      return one(userRecordById, [isId(user_id) ? user_id : unknown()], unknown);
    },
    getUserByProviderAndUsername: (name) => one(userRecordByName, [name.provider, name.username], () => userUnknownByName(name)),
    getUserByUsername: ({ username }) => one(localUserRecord, [username], () => userUnknownByName({ provider: config.provider, username })),
    getUsersByEmail({ email }) {
      const wanted = email.includes('\0') ? '' : email;
      const pages = pagesOf<UserRecord>(userRows, (last, rows) =>
        // Deleted users and those of some providers have no address: it is the address of none.
        wanted === '' ? Promise.resolve([]) : reader.page({ ...userRecordsByEmail, values: [limit, wanted, last?.user_id ?? '', rows] }),
      );
      return messages(parts, pages);
    },
    getUsers: (request) => messages(parts, listed(parts, request)),
  };
}

async function* messages(parts: Parts, pages: AsyncIterable<readonly UserRecord[]>): AsyncGenerator<UsersV400> {
  for await (const users of listsOf(usersOf(parts, pages), mostBytes)) yield { users };
}

async function* usersOf(parts: Parts, pages: AsyncIterable<readonly UserRecord[]>): AsyncGenerator<UserV400> {
  for await (const page of pages) {
    for await (const { user, entitlements } of withEntitlements(parts, page)) yield userV400(user, entitlements);
  }
}

/** @throws ObpFailure OBP-10016 */
async function* listed({ reader, config }: Parts, request: GetUsersRequest): AsyncGenerator<UserRecord[]> {
  const { limit, offset } = pageOf(request);
  const text = userList(lockedStatus(request.locked_status));
  let last = '';
  for (let left = limit; left > 0; left -= userRows) {
    const wanted = Math.min(left, userRows);
    const skipped = left === limit ? offset : 0;
    const rows = await reader.page<UserRecord>({ text, values: [config.max_bad_login_attempts, request.is_deleted ?? false, last, wanted, skipped] });
    yield rows;
    if (rows.length < wanted) return;
    last = (rows.at(-1) as UserRecord).user_id;
  }
}

function lockedStatus(asked: string | null | undefined): LockedStatus {
  if (asked === null || asked === undefined || asked === '') return 'any';
  if (asked === 'active' || asked === 'locked') return asked;
  return fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS, ' <- locked_status parameter can only take two values: active or locked!');
}

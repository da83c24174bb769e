import { fail, failAbout } from '@platform/failure';
import { pageOf } from '@platform/input';
import { type Implementation, messagesOf } from '@platform/grpc';
import { type Entitlements, Failure, type GetUsersRequest, type UserServiceDefinition } from '@platform/messages';
import { pagesOf } from '@platform/persistence';
import { entitlementsOfUser } from '../entitlement/entitlements-of-user.js';
import { messageBytes } from '../pages.js';
import type { Parts } from '../parts.js';
import { userUnknown } from './user.entity.js';
import { userV200, userV300, userV400, userWithAgreements } from './user.shape.js';
import {
  localUserRecord,
  type LockedStatus,
  userById,
  userList,
  type UserRecord,
  userRecordById,
  userRecordByName,
  userRecordsByEmail,
  type UserRow,
} from './user.sql.js';
import { userUnknownByName } from './user-locks.rpc.js';
import { maxBytes, withEntitlements } from './users-with-entitlements.js';

/** Users fetched at once. */
const userRows = 100;

/** The rpcs that read users. */
export function userQueries(parts: Parts): Implementation<UserServiceDefinition> {
  const { reader } = parts;

  const one = async (
    statement: typeof userRecordById,
    keys: string[],
    unknown: () => never,
  ): Promise<[UserRecord, Entitlements]> => {
    // PostgreSQL cannot store NUL.
    const [found] = keys.some((key) => key.includes('\0'))
      ? []
      : await reader.rows<UserRecord>({ ...statement, values: keys });
    const user = found ?? unknown();
    return [user, await entitlementsOfUser(reader, user.user_id)];
  };
  const byEmail = (email: string) =>
    pagesOf<UserRecord>(userRows, (last, rows) =>
      // Deleted users and those of some providers have an empty address, which must not match.
      email === '' || email.includes('\0')
        ? Promise.resolve([])
        : reader.page({
            ...userRecordsByEmail,
            values: [email, last?.created_at ?? '-infinity', last?.user_id ?? '', rows],
          }),
    );

  return {
    async getCurrentUser(_request, { caller: { user_id } }) {
      const [[found], entitlements] = await Promise.all([
        reader.rows<UserRow>(userById(user_id)),
        entitlementsOfUser(reader, user_id),
      ]);
      return userV300(found ?? userUnknown(user_id), entitlements);
    },
    getCurrentUserId: (_request, { caller: { user_id } }) => Promise.resolve({ user_id }),
    async getUserByUserId({ user_id }) {
      const unknown = () => failAbout(Failure.FAILURE_USER_NOT_FOUND_BY_ID, { user_id });
      return userWithAgreements(...(await one(userRecordById, [user_id], unknown)));
    },
    getUserByProviderAndUsername: async ({ provider, username }) =>
      userV400(...(await one(userRecordByName, [provider, username], userUnknownByName))),
    getUserByUsername: async ({ username }) => userV400(...(await one(localUserRecord, [username], userUnknownByName))),
    getUsersByEmail: ({ email }) => messages(parts, byEmail(email), userV400),
    getUser: ({ email }) => messages(parts, byEmail(email), userV200),
    getUsers: (request) => messages(parts, listed(parts, request), userV400),
  };
}

type Shape<User> = (user: UserRecord, entitlements: Entitlements) => User;

function messages<User extends { entitlements: Entitlements | null }>(
  parts: Parts,
  pages: AsyncIterable<readonly UserRecord[]>,
  shape: Shape<User>,
): AsyncGenerator<{ users: User[] }> {
  const users = usersOf(parts, pages, shape);
  return messagesOf(users, (items) => ({ users: items }), { most: messageBytes, weightOf: maxBytes });
}

async function* usersOf<User>(
  parts: Parts,
  pages: AsyncIterable<readonly UserRecord[]>,
  shape: Shape<User>,
): AsyncGenerator<User[]> {
  for await (const page of pages) {
    for await (const complete of withEntitlements(parts, page))
      yield complete.map(({ user, entitlements }) => shape(user, entitlements));
  }
}

/** @throws ObpFailure OBP-10016 */
function listed({ reader }: Parts, request: GetUsersRequest): AsyncGenerator<UserRecord[]> {
  const { limit, offset } = pageOf(request);
  const text = userList(lockedStatus(request.locked_status));
  const read = (last: UserRecord | undefined, rows: number) => {
    const after = [last?.created_at ?? '-infinity', last?.user_id ?? ''];
    const skipped = last === undefined ? offset : 0;
    return reader.page<UserRecord>({ text, values: [request.is_deleted ?? false, ...after, rows, skipped] });
  };
  return pagesOf(userRows, read, { limit });
}

function lockedStatus(asked: string | null | undefined): LockedStatus {
  if (asked === null || asked === undefined || asked === '') return 'any';
  if (asked === 'active' || asked === 'locked') return asked;
  return fail(
    Failure.FAILURE_INVALID_FILTER_PARAMETERS,
    ' <- locked_status parameter can only take two values: active or locked!',
  );
}

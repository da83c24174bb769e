import { messagesOf } from '@platform/grpc';
import type { EntitlementRequest, EntitlementRequests, UserV200 } from '@platform/messages';
import { pagesOf, type Statement } from '@platform/persistence';
import { messageBytes } from '../pages.js';
import type { Parts } from '../parts.js';
import { userV200 } from '../user/user.shape.js';
import { type UserRecord, userRecordsById } from '../user/user.sql.js';
import { maxBytes, withEntitlements } from '../user/users-with-entitlements.js';
import type { EntitlementRequestRow } from './entitlement-request.entity.js';

/** Requests fetched at once; each may belong to a different user. */
const requestRows = 100;

/** A list of requests in messages, each request with its user and the user's entitlements. */
export function requestMessages(
  parts: Parts,
  statement: Statement,
  keys: string[],
): AsyncGenerator<EntitlementRequests> {
  return messagesOf(requestsOf(parts, statement, keys), (entitlement_requests) => ({ entitlement_requests }), {
    most: messageBytes,
    weightOf: ({ user }) => maxBytes(user as UserV200),
  });
}

async function* requestsOf(parts: Parts, statement: Statement, keys: string[]): AsyncGenerator<EntitlementRequest[]> {
  // "~" sorts after every id: ids consist of letters, digits and "-._".
  const pages = pagesOf<EntitlementRequestRow>(requestRows, (last, rows) =>
    parts.reader.page({ ...statement, values: [...keys, last?.entitlement_request_id ?? '~', rows] }),
  );
  for await (const rows of pages) yield await withUsers(parts, rows);
}

/** The requests with their users, each read once. If a user was deleted meanwhile, its requests are gone too. */
export async function withUsers(parts: Parts, rows: readonly EntitlementRequestRow[]): Promise<EntitlementRequest[]> {
  const ids = [...new Set(rows.map(({ user_id }) => user_id))];
  const found = await parts.reader.page<UserRecord>({ ...userRecordsById, values: [ids] });
  const users = new Map<string, UserV200>();
  for await (const complete of withEntitlements(parts, found))
    for (const { user, entitlements } of complete) users.set(user.user_id, userV200(user, entitlements));
  return rows.flatMap(({ user_id, created_at, entitlement_request_id, role_name, bank_id }) => {
    const user = users.get(user_id);
    return user === undefined ? [] : [{ entitlement_request_id, user, role_name, bank_id, created: created_at }];
  });
}

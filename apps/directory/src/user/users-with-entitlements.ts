import type { Entitlement, Entitlements } from '@platform/messages';
import { pagesOf } from '@platform/persistence';
import { withRows } from '../pages.js';
import type { Parts } from '../parts.js';
import { entitlementsOfUsers, type UserRecord } from './user.sql.js';

/** Entitlements fetched at once. */
const entitlementRows = 1_000;

type Row = Entitlement & { place: number; user_id: string; created_at: string };

/** Users with their entitlements, newest first: one query unless there are many. */
export async function* withEntitlements(
  { reader }: Pick<Parts, 'reader'>,
  users: readonly UserRecord[],
): AsyncGenerator<{ user: UserRecord; entitlements: Entitlements }[]> {
  const ids = users.map(({ user_id }) => user_id);
  const pages = pagesOf<Row>(entitlementRows, (last) =>
    reader.page({
      ...entitlementsOfUsers,
      values: [ids, last?.place ?? 0, last?.created_at ?? 'infinity', last?.entitlement_id ?? '', entitlementRows],
    }),
  );
  for await (const complete of withRows(users, pages, (row, user) => row.user_id === user.user_id))
    yield complete.map(({ owner, own }) => ({ user: owner, entitlements: { list: own.map(entitlementOf) } }));
}

function entitlementOf({ entitlement_id, role_name, bank_id }: Row): Entitlement {
  return { entitlement_id, role_name, bank_id };
}

/** An upper bound, from the length limits of the texts; three bytes for each JavaScript character. */
export function maxBytes({ entitlements }: { entitlements: Entitlements | null }): number {
  return (entitlements?.list ?? []).reduce((bytes, { bank_id }) => bytes + 150 + 3 * bank_id.length, 6_000);
}

import type { Entitlements, UserV200, UserV300, UserV400, UserWithAgreementsV400 } from '@platform/messages';
import type { UserRecord, UserRow } from './user.sql.js';

export function userV200(
  { user_id, email, provider_id, provider, username }: UserRow,
  entitlements: Entitlements,
): UserV200 {
  return { user_id, email, provider_id, provider, username, entitlements };
}

/** Accounts have no views here, so their list is empty. */
export function userV300(user: UserRow, entitlements: Entitlements): UserV300 {
  return { ...userV200(user, entitlements), views: { list: [] } };
}

export function userV400(user: UserRecord, entitlements: Entitlements): UserV400 {
  const { is_deleted, is_locked } = user;
  return { ...userV200(user, entitlements), is_deleted, last_marketing_agreement_signed_date: null, is_locked };
}

export function userWithAgreements(user: UserRecord, entitlements: Entitlements): UserWithAgreementsV400 {
  const { is_deleted, last_marketing_agreement_signed_date, is_locked, ...rest } = userV400(user, entitlements);
  return { ...rest, agreements: [], is_deleted, last_marketing_agreement_signed_date, is_locked };
}

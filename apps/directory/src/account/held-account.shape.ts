import type {
  AccountAttribute,
  AvailableView,
  BasicAccount,
  CoreAccount,
  CoreAccountV300,
  FullAccount,
} from '@platform/messages';
import type { UserRow } from '../user/user.sql.js';
import type { HeldAccountRow } from './held-account.sql.js';

/** The only view: the holder of an account sees all of it, other users see nothing. */
export const ownerView = 'owner';

const availableView = (): AvailableView => ({
  id: ownerView,
  short_name: 'Owner',
  description: 'Owner View',
  is_public: false,
});

export function coreAccount({
  bank_id,
  account_id,
  account_number,
  label,
  product_code,
  currency,
  amount,
  account_routings,
}: HeldAccountRow): CoreAccount {
  return {
    id: account_id,
    bank_id,
    label,
    number: account_number,
    product_code,
    balance: { currency, amount },
    account_routings,
    views_basic: [ownerView],
  };
}

export function fullAccount(
  row: HeldAccountRow,
  holder: Pick<UserRow, 'provider' | 'username'>,
  account_attributes: AccountAttribute[],
): FullAccount {
  const { id, bank_id, label, number, product_code, balance, account_routings } = coreAccount(row);
  return {
    id,
    label,
    number,
    owners: [{ id: holder.username, provider: holder.provider, display_name: holder.username }],
    product_code,
    balance,
    views_available: [availableView()],
    bank_id,
    account_routings,
    account_attributes,
    tags: [],
  };
}

export function coreAccountV300({
  bank_id,
  account_id,
  label,
  product_code,
  account_routings,
}: HeldAccountRow): CoreAccountV300 {
  return { id: account_id, label, bank_id, account_type: product_code, account_routings, views: [availableView()] };
}

export function basicAccount({ bank_id, account_id, label }: HeldAccountRow): BasicAccount {
  const { id, short_name, is_public } = availableView();
  return { id: account_id, label, bank_id, views_available: [{ id, short_name, is_public }] };
}

/**
 * An upper bound for the bytes of an account in a list, from the length limits of its texts; three bytes for each
 * JavaScript character.
 */
export function maxBytes({ account_routings }: HeldAccountRow): number {
  return 5_000 + 2_100 * account_routings.length;
}

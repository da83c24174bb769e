import type {
  AccountAttribute,
  AccountRouting,
  AvailableView,
  BasicAccount,
  CoreAccount,
  CoreAccountV300,
  FullAccount,
} from '@platform/messages';
import type { UserRow } from '../user/user.view.js';

/** An account as the statements select it. */
export interface HeldAccountRow {
  readonly bank_id: string;
  readonly account_id: string;
  readonly account_number: string;
  /** Empty: nobody holds it. */
  readonly user_id: string;
  readonly label: string;
  readonly product_code: string;
  readonly currency: string;
  readonly amount: string;
  readonly account_routings: AccountRouting[];
}

/** The one view there is: whoever holds an account sees all of it, nobody else sees anything. */
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

/** An upper bound of what an account weighs in a list, from the limits of its texts; three bytes for each of JavaScript's characters. */
export function maxBytes({ account_routings }: HeldAccountRow): number {
  return 5_000 + 2_100 * account_routings.length;
}

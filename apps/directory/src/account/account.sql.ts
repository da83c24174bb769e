import type { EntityManager } from '@mikro-orm/postgresql';
import type { Account, AccountAttribute, AccountRouting } from '@platform/messages';
import { hasRow, type Statement } from '@platform/persistence';

export interface AccountKey {
  readonly bank_id: string;
  readonly account_id: string;
}

/** An account to be created. It begins with a balance of 0. */
export interface NewAccount extends AccountKey {
  /** Empty: an account that the platform created itself. */
  readonly user_id: string;
  /** The holder's name. */
  readonly holder: string;
  readonly label: string;
  readonly product_code: string;
  readonly branch_id: string;
  readonly currency: string;
  readonly created_at: string;
}

export type AccountRow = Pick<Account, 'bank_id' | 'account_id' | 'label' | 'product_code' | 'branch_id'> & {
  currency: string;
  amount: string;
};
export type RoutingRow = AccountRouting & { account_id: string };
export type AttributeRow = AccountAttribute & { account_id: string };

/** $1 bank, $2 account ids. */
export const knownAccounts: Statement = {
  name: 'known-accounts',
  text: 'select account_id from account where bank_id = $1 and account_id = any($2::text[])',
};

/** $1 bank, $2 account ids. */
export const accountsById: Statement = {
  name: 'accounts-by-id',
  text: `
    select bank_id, account_id, label, product_code, currency, balance::text as amount, branch_id
    from account where bank_id = $1 and account_id = any($2::text[]) order by account_id`,
};

/** $1 bank, $2 account ids. */
export const routingsOfAccounts: Statement = {
  name: 'routings-of-accounts',
  text: `
    select account_id, scheme, address
    from account_routing where bank_id = $1 and account_id = any($2::text[]) order by account_id, place`,
};

/** Oldest first. $1 bank, $2 account ids, $3 and $4 the account and attribute after which the page starts, $5 rows. */
export const attributesOfAccounts: Statement = {
  name: 'attributes-of-accounts',
  text: `
    select account_id, product_code, account_attribute_id, name, type, value, product_instance_code
    from account_attribute
    where bank_id = $1 and account_id = any($2::text[]) and (account_id, account_attribute_id) > ($3, $4)
    order by account_id, account_attribute_id limit $5`,
};

/** $1 bank, $2 name, $3 value, $4 the account after which the page starts, $5 rows. The index holds value prefixes. */
export const accountsByAttribute: Statement = {
  name: 'accounts-by-attribute',
  text: `
    select distinct account_id
    from account_attribute
    where bank_id = $1 and name = $2 and left(value, 100) = left($3::text, 100) and value = $3 and account_id > $4
    order by account_id limit $5`,
};

/**
 * Inserts the account unless a key is taken.
 * @param arbiter the conflict that is no error: only of the number, or (empty) also of the account itself
 * @returns whether it was inserted
 */
export async function insertUnlessTaken(
  em: EntityManager,
  account: NewAccount,
  account_number: string,
  arbiter: '(bank_id, account_number)' | '',
): Promise<boolean> {
  const { bank_id, account_id, user_id, holder, label, product_code, branch_id, currency, created_at } = account;
  return hasRow(
    em,
    `insert into account (bank_id, account_id, account_number, user_id, holder, label, product_code, branch_id, currency, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict ${arbiter} do nothing returning 1`,
    [bank_id, account_id, account_number, user_id, holder, label, product_code, branch_id, currency, created_at],
  );
}

export async function accountExists(em: EntityManager, { bank_id, account_id }: AccountKey): Promise<boolean> {
  const sql = 'select 1 from account where bank_id = ? and account_id = ?';
  return hasRow(em, sql, [bank_id, account_id]);
}

/** Changes label, product and branch (in this order, before bank and account); one row if there is such an account. */
export const updateAccount = `
  update account
  set label = ?, product_code = ?, branch_id = ?
  where bank_id = ? and account_id = ?
  returning 1`;

/** Of an account (bank, account). */
export const deleteRoutings = 'delete from account_routing where bank_id = ? and account_id = ?';

/**
 * Inserts the routings that no account of the bank has, always in the order of scheme and address: if two accounts want
 * the same routings, one waits for the other, and they cannot deadlock.
 * @returns the positions of the inserted ones
 */
export async function insertFreeRoutings(
  em: EntityManager,
  { bank_id, account_id }: AccountKey,
  routings: readonly AccountRouting[],
): Promise<number[]> {
  const places = JSON.stringify(routings.map(({ scheme, address }, place) => ({ scheme, address, place })));
  const inserted: { place: number }[] = await em.execute(
    `insert into account_routing (bank_id, account_id, scheme, address, place)
     select ?, ?, scheme, address, place from json_to_recordset(?::json) as given (scheme text, address text, place integer)
     order by scheme collate "C", address collate "C"
     on conflict (bank_id, scheme, address) do nothing returning place`,
    [bank_id, account_id, places],
  );
  return inserted.map(({ place }) => place);
}

import type { AccountRouting } from '@platform/messages';
import type { Statement } from '@platform/persistence';

/** An account as selected by the statements. */
export interface HeldAccountRow {
  readonly bank_id: string;
  readonly account_id: string;
  readonly account_number: string;
  /** Empty: the account has no holder. */
  readonly user_id: string;
  readonly label: string;
  readonly product_code: string;
  readonly currency: string;
  readonly amount: string;
  readonly account_routings: AccountRouting[];
}

/** @param bank the bank's id, a value where there is one: so the statement runs on the node of the bank */
const columns = (bank: string) => `
  bank_id, account_id, account_number, user_id, label, product_code, currency, balance::text as amount,
  coalesce(
    (select json_agg(json_build_object('scheme', r.scheme, 'address', r.address) order by r.place)
     from account_routing r where r.bank_id = ${bank} and r.account_id = a.account_id), '[]') as account_routings`;

/** An account with any holder. $1 bank, $2 account. */
export const accountWithHolder: Statement = {
  name: 'account-with-holder',
  text: `select ${columns('$1')} from account a where bank_id = $1 and account_id = $2`,
};

/** A user's accounts at all banks. $1 user, $2 and $3 the bank and account after which the page starts, $4 rows. */
export const accountsHeld: Statement = {
  name: 'accounts-held',
  text: `
    select ${columns('a.bank_id')} from account a
    where user_id = $1 and user_id <> '' and (bank_id, account_id) > ($2, $3)
    order by bank_id, account_id limit $4`,
};

/** A user's accounts at one bank. $1 user, $2 bank, $3 the account after which the page starts, $4 rows. */
export const accountsHeldAtBank: Statement = {
  name: 'accounts-held-at-bank',
  text: `
    select ${columns('$2')} from account a
    where user_id = $1 and user_id <> '' and bank_id = $2 and account_id > $3
    order by account_id limit $4`,
};

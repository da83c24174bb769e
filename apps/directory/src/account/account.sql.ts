import type { Statement } from '@platform/persistence';

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

import type { LookUp, Statement } from '@platform/persistence';
import { customerColumns } from './customer.shape.js';

export type Direction = 'asc' | 'desc';

/** What a list returns: whole customers, or only their keys, which the list's index contains. */
export type Selection = 'customers' | 'keys';

const selected: Readonly<Record<Selection, string>> = {
  customers: columns('customer'),
  keys: 'customer.bank_id, customer.customer_id',
};
const sortKey = 'last_ok_sort::text as sort';

/** The keys ($1 bank ids, $2 customer ids) of customers that exist. */
export const customerKeys = batch('customer_keys', 'customer_id', selected.keys);

/** The customers with these keys ($1 bank ids, $2 customer ids). */
export const customersById = batch('customers_by_customer_id', 'customer_id', selected.customers);

/** The customers with these keys ($1 bank ids, $2 customer numbers). */
export const customersByNumber = batch('customers_by_customer_number', 'customer_number', selected.customers);

function batch(name: string, column: string, selection: string): LookUp {
  return {
    name,
    text: (bank) => `
      select ${selection}
      from unnest($1::text[], $2::text[]) as key (bank_id, value)
      join customer on customer.bank_id = ${bank} and customer.${column} = key.value`,
  };
}

/** A bank's ($1) list after ($2 sort, $3 customer id): $4 rows, after skipping $5. */
export function bankList(direction: Direction, selection: Selection): Statement {
  return {
    name: `bank_list_${direction}_${selection}`,
    text: `
      select ${selected[selection]}, ${sortKey}
      from customer
      where bank_id = $1 and ${placeAfter(direction, '$2', '$3')}
      limit $4::int offset $5::int`,
  };
}

/** A bank's ($1) customers that were last changed between $2 and $3. */
const changed = 'from customer where bank_id = $1 and updated_at between $2::timestamptz and $3::timestamptz';

/**
 * A bank's ($1) list between dates ($2, $3) after ($4 sort, $5 customer id): $6 rows, after skipping $7. The statement
 * has no name, because its plan depends on the dates.
 */
export function changedList(direction: Direction): string {
  return `
    select ${columns('customer')}, ${sortKey} ${changed} and ${placeAfter(direction, '$4', '$5')}
    limit $6::int offset $7::int`;
}

/** The key of the row at position $4 of a bank's ($1) list between dates ($2, $3). */
export function changedListKey(direction: Direction): string {
  return keyText(`${changed} order by ${placeOrder(direction)} limit 1 offset $4::int`);
}

/**
 * The same, for customers with given ids ($8) only. All of them are looked up before they are ordered: with a limit in
 * the same query, the planner would read the bank's list until it has found enough of them.
 */
export function changedAmong(direction: Direction): string {
  const page = `select * from hit where ${placeAfter(direction, '$4', '$5')} limit $6::int offset $7::int`;
  return `
    with hit as materialized (select customer_id, last_ok_sort ${changed} and customer_id = any($8::text[])),
    wanted as materialized (${page})
    select ${columns('customer')}, wanted.last_ok_sort::text as sort
    from wanted
    join customer on customer.bank_id = $1 and customer.customer_id = wanted.customer_id
    order by wanted.last_ok_sort ${direction}, wanted.customer_id ${direction}`;
}

/** The list of all banks after ($1 sort, $2 customer id, $3 bank id): $4 rows. */
export function anyBankList(direction: Direction, selection: Selection): Statement {
  return {
    name: `any_bank_list_${direction}_${selection}`,
    text: `
      select ${selected[selection]}, ${sortKey}
      from customer
      where (last_ok_sort, customer_id, bank_id) ${after(direction)} ($1::timestamptz, $2::text, $3::text)
      order by last_ok_sort ${direction}, customer_id ${direction}, bank_id ${direction}
      limit $4::int`,
  };
}

/** The key of the row $4 positions after ($1 sort, $2 customer id, $3 bank id) in the list of all banks. */
export function anyBankListKey(direction: Direction): Statement {
  return {
    name: `any_bank_list_key_${direction}`,
    text: keyText(
      `from customer where (last_ok_sort, customer_id, bank_id) ${after(direction)} ($1::timestamptz, $2::text, $3::text) order by last_ok_sort ${direction}, customer_id ${direction}, bank_id ${direction} limit 1 offset $4::int`,
    ),
  };
}

/** A bank's ($1) rows of a section of the list of all banks: after ($2, $3, $4), up to ($5, $6, $7), $8 rows. */
export function bankStretch(direction: Direction, selection: Selection): Statement {
  const key = '(last_ok_sort, customer_id, bank_id)';
  return {
    name: `bank_stretch_${direction}_${selection}`,
    text: `
      select ${selected[selection]}, ${sortKey}
      from customer
      where bank_id = $1
        and ${key} ${after(direction)} ($2::timestamptz, $3::text, $4::text)
        and ${key} ${after(direction === 'asc' ? 'desc' : 'asc')}= ($5::timestamptz, $6::text, $7::text)
      order by last_ok_sort ${direction}, customer_id ${direction}
      limit $8::int`,
  };
}

/** The next bank after $1 that has customers. */
export const nextBank: Statement = {
  name: 'next_bank',
  text: 'select bank_id from customer where bank_id > $1::text order by bank_id limit 1',
};

export type SearchColumn = 'legal_name' | 'mobile_phone_number';

/**
 * A bank's ($1) customers like $2, after customer id $3: $4 rows, after skipping $5. All matches are read from the
 * trigram index before they are sorted: with a limit in the same query, the planner would read the bank's customers in
 * order, hoping for early matches.
 */
export function searchByTrigrams(column: SearchColumn): string {
  return `
    with hit as materialized (select customer_id from customer where bank_id = $1 and ${column} like $2),
    wanted as materialized (select customer_id from hit where customer_id > $3::text order by customer_id limit $4::int offset $5::int)
    select ${columns('customer')}
    from wanted
    join customer on customer.bank_id = $1 and customer.customer_id = wanted.customer_id
    order by wanted.customer_id`;
}

/**
 * The same for a pattern without trigrams, which matches many or all: the bank's customers are read in key order until
 * the page is full.
 */
export function searchByWalk(column: SearchColumn): string {
  return `
    select ${columns('customer')}
    from customer
    where bank_id = $1 and (${column} || '') like $2 and customer_id > $3::text
    order by customer_id
    limit $4::int offset $5::int`;
}

/** The inner select avoids converting the time of skipped rows to text: ten times the cost of skipping them. */
function keyText(place: string): string {
  return `
    select bank_id, customer_id, ${sortKey}
    from (select bank_id, customer_id, last_ok_sort ${place}) as key`;
}

/** The condition and order for rows after a position in a bank's list. */
function placeAfter(direction: Direction, sort: string, customer_id: string): string {
  return `(last_ok_sort, customer_id) ${after(direction)} (${sort}::timestamptz, ${customer_id}::text) order by ${placeOrder(direction)}`;
}

function placeOrder(direction: Direction): string {
  return `last_ok_sort ${direction}, customer_id ${direction}`;
}

function after(direction: Direction): string {
  return direction === 'asc' ? '>' : '<';
}

function columns(table: string): string {
  return customerColumns.map((column) => `${table}.${column}`).join(', ');
}

import type { EntityManager } from '@mikro-orm/postgresql';
import { hasRow, type Statement } from '@platform/persistence';
import type { Direction } from './customer.sql.js';

/** How many rows come before the row at position $2 of a list, counted in ascending order. */
const rowsBefore: Readonly<Record<Direction, string>> = {
  asc: '$2::bigint',
  desc: '(select sum(change) from counted) - 1 - $2::bigint',
};

/**
 * The key of the row at position $2 of a bank's ($1) list. The counts of the parts, and the changes since they were
 * counted, give the last part that begins at or before the row; from there the index is read. It is one statement, so
 * it uses one snapshot.
 */
export function bankListKey(direction: Direction): Statement {
  return {
    name: `bank_list_key_${direction}`,
    text: `with counted as materialized (
  select last_ok_sort, customer_id, customers as change, true as is_part from customer_list_part where bank_id = $1
  union all select key.last_ok_sort, key.customer_id, sign(change)::int, false from customer_list_change, unnest(last_ok_sorts, customer_ids) as key (last_ok_sort, customer_id) where bank_id = $1
),
summed as (
  select last_ok_sort, customer_id, is_part, coalesce(sum(change) over (order by last_ok_sort, customer_id, is_part desc rows between unbounded preceding and 1 preceding), 0) as before from counted
),
wanted as materialized (select ${rowsBefore[direction]} as before),
part as (
  select last_ok_sort, customer_id, summed.before from summed, wanted where is_part and summed.before <= wanted.before order by last_ok_sort desc, customer_id desc limit 1
),
start as materialized (
  select coalesce(part.last_ok_sort, '-infinity') as last_ok_sort, coalesce(part.customer_id, '') as customer_id, wanted.before - coalesce(part.before, 0) as skipped
  from wanted left join part on true where wanted.before >= 0
)
select key.bank_id, key.customer_id, key.last_ok_sort::text as sort from start cross join lateral (
  select bank_id, customer_id, last_ok_sort from customer where bank_id = $1 and (last_ok_sort, customer_id) >= (start.last_ok_sort, start.customer_id)
  order by last_ok_sort, customer_id limit 1 offset start.skipped
) as key`,
  };
}

/** The banks that have at least `changes` uncounted changes, or a part with more than `longest` customers. */
export async function banksToCount(em: EntityManager, changes: number, longest: number): Promise<string[]> {
  const rows = await em.execute<{ bank_id: string }[]>(
    `
      select bank_id
      from customer_list_change
      group by bank_id
      having sum(abs(change)) >= ?
      union
      select bank_id
      from customer_list_part
      where customers > ?`,
    [changes, longest],
  );
  return rows.map(({ bank_id }) => bank_id);
}

/** Locks the bank's counts until the transaction ends. @returns false when another transaction holds the lock */
export async function lockParts(em: EntityManager, bank_id: string): Promise<boolean> {
  await em.execute(
    `
    insert into customer_list_part (bank_id, last_ok_sort, customer_id, customers)
    values (?, '-infinity', '', 0)
    on conflict do nothing`,
    [bank_id],
  );
  return hasRow(
    em,
    `
    select
    from customer_list_part
    where bank_id = ? and last_ok_sort = '-infinity' and customer_id = ''
    for update skip locked`,
    [bank_id],
  );
}

/** Adds changes to the counts of their parts, about `most` of them. @returns how many were added */
export async function addChanges(em: EntityManager, bank_id: string, most: number): Promise<number> {
  const [added] = await em.execute<{ changes: number }[]>(
    `with due as (
       select id from (select id, sum(abs(change)) over (order by id) - abs(change) as before from customer_list_change where bank_id = ? order by id limit ?) as numbered where before < ?
     ),
     taken as (
       delete from customer_list_change where bank_id = ? and id in (select id from due) returning last_ok_sorts, customer_ids, change
     ),
     sum as (
       select part.last_ok_sort, part.customer_id, sum(sign(taken.change)) as change
       from taken cross join lateral unnest(taken.last_ok_sorts, taken.customer_ids) as key (last_ok_sort, customer_id) cross join lateral (
         select last_ok_sort, customer_id from customer_list_part where bank_id = ? and (last_ok_sort, customer_id) <= (key.last_ok_sort, key.customer_id)
         order by last_ok_sort desc, customer_id desc limit 1
       ) as part group by part.last_ok_sort, part.customer_id
     ),
     counted as (
       update customer_list_part as part set customers = part.customers + sum.change from sum
       where part.bank_id = ? and part.last_ok_sort = sum.last_ok_sort and part.customer_id = sum.customer_id
     )
     select coalesce(sum(abs(change)), 0)::int as changes from taken`,
    [bank_id, most, most, bank_id, bank_id, bank_id],
  );
  return added?.changes ?? 0;
}

/**
 * Merges a part with fewer than `least` customers into the part before it. The first part always stays.
 * @returns whether there was one
 */
export async function joinShortPart(em: EntityManager, bank_id: string, least: number): Promise<boolean> {
  return hasRow(
    em,
    `with short as (
       delete from customer_list_part where bank_id = ? and (last_ok_sort, customer_id) =
         (select last_ok_sort, customer_id from customer_list_part where bank_id = ? and customers < ? and customer_id <> '' limit 1)
       returning last_ok_sort, customer_id, customers
     )
     update customer_list_part as part set customers = part.customers + short.customers from short
     where part.bank_id = ? and (part.last_ok_sort, part.customer_id) = (
       select last_ok_sort, customer_id from customer_list_part where bank_id = ? and (last_ok_sort, customer_id) < (select last_ok_sort, customer_id from short)
       order by last_ok_sort desc, customer_id desc limit 1
     ) returning part.customers`,
    [bank_id, bank_id, least, bank_id, bank_id],
  );
}

/**
 * Splits a part of more than `longest` customers after its first `size`. The new part begins at the customer with
 * `size` customers before it in the old part. The old part's count becomes `size`, less its changes that are not
 * counted yet. Nothing is split when uncounted deletions leave the old part with too few customers.
 * @returns whether there was one
 */
export async function cutLongPart(em: EntityManager, bank_id: string, longest: number, size: number): Promise<boolean> {
  return hasRow(
    em,
    `with long as materialized (
       select last_ok_sort, customer_id, customers from customer_list_part where bank_id = ? and customers > ? order by last_ok_sort, customer_id limit 1
     ),
     begin as materialized (
       select key.last_ok_sort, key.customer_id from long cross join lateral (
         select last_ok_sort, customer_id from customer where bank_id = ? and (last_ok_sort, customer_id) >= (long.last_ok_sort, long.customer_id)
         order by last_ok_sort, customer_id limit 1 offset ?
       ) as key where not exists (
         select from customer_list_part where bank_id = ? and (last_ok_sort, customer_id) > (long.last_ok_sort, long.customer_id) and (last_ok_sort, customer_id) <= (key.last_ok_sort, key.customer_id)
       )
     ),
     kept as materialized (
       select ? - coalesce(sum(sign(change)), 0) as customers
       from long, begin, customer_list_change as noted cross join lateral unnest(noted.last_ok_sorts, noted.customer_ids) as key (last_ok_sort, customer_id)
       where noted.bank_id = ? and (key.last_ok_sort, key.customer_id) >= (long.last_ok_sort, long.customer_id) and (key.last_ok_sort, key.customer_id) < (begin.last_ok_sort, begin.customer_id)
     ),
     shortened as (
       update customer_list_part as part set customers = kept.customers from kept, long, begin
       where part.bank_id = ? and part.last_ok_sort = long.last_ok_sort and part.customer_id = long.customer_id
     )
     insert into customer_list_part (bank_id, last_ok_sort, customer_id, customers)
     select ?, begin.last_ok_sort, begin.customer_id, long.customers - kept.customers from long, begin, kept returning customers`,
    [bank_id, longest, bank_id, size, bank_id, size, bank_id, bank_id, bank_id],
  );
}

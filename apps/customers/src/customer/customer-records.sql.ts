import type { Parent, Statement } from '@platform/persistence';
import type { Direction } from './customer.sql.js';

/** A table of records that belong to customers, with a foreign key to the customer table. */
export interface RecordTable {
  readonly table: string;
  /** The column of its id. Version 7, so ids are in the order of creation. */
  readonly id: string;
  /** Columns to select: "record.x", or "customer.x". */
  readonly columns: readonly string[];
  /** Oldest or newest first. */
  readonly direction: Direction;
}

/** The customers to whom inserted records belong. @param on the columns that a record shares with its customer */
export function customerOfRecord(on: readonly string[] = ['bank_id', 'customer_id']): Parent {
  const text = (isBank: string) => `parent as materialized (
  select customer.* from (select distinct bank_id, customer_id from given order by bank_id, customer_id) as wanted
  cross join lateral (select ${on.join(', ')} from customer where ${isBank} and bank_id = wanted.bank_id and customer_id = wanted.customer_id for key share) as customer
)`;
  return { on, text };
}

/** A row of a list; for a customer without records, one row without a record id. */
export interface Listed {
  readonly record_id: string | null;
}

/**
 * The records of customer ($1, $2) after the id $3, $4 of them. No row: no customer; a row without an id: no record.
 */
export function recordList({ table, id, columns, direction }: RecordTable): Statement {
  const after = direction === 'asc' ? '>' : '<';
  return {
    name: `${table}_list`,
    text: `
      select record.${id} as record_id, ${columns.join(', ')}
      from customer
      left join lateral (select * from ${table} where bank_id = $1 and customer_id = $2 and ${id} ${after} $3::text order by ${id} ${direction} limit $4::int) as record on true
      where customer.bank_id = $1 and customer.customer_id = $2
      order by record.${id} ${direction}`,
  };
}

/** The customer with a key (bank, customer), without columns. */
export const customerOfKey = 'select from customer where bank_id = ? and customer_id = ?';

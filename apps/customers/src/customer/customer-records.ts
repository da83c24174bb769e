import type { EntityManager } from '@mikro-orm/postgresql';
import { customerUnknown } from '@platform/failure';
import type { CustomerKey } from '@platform/messages';
import type { Parent, Reader, Statement } from '@platform/persistence';
import type { Direction } from './customer.sql.js';

/**
 * Rows fetched at once and sent in one message: 50 addresses with every text and tag at its limit stay below the 4 MB
 * that a gRPC client accepts, and so do 50 of any other kind of record.
 */
export const recordRows = 50;

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
  const text = `parent as materialized (
  select customer.* from (select distinct bank_id, customer_id from given order by bank_id, customer_id) as wanted
  cross join lateral (select ${on.join(', ')} from customer where bank_id = wanted.bank_id and customer_id = wanted.customer_id for key share) as customer
)`;
  return { on, text };
}

/** A row of a list; for a customer without records, one row without a record id. */
interface Listed {
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

/**
 * A customer's records in chunks: at least one, which is empty when there are no records.
 * @throws ObpFailure OBP-30046
 */
export async function* listRecords<Row>(
  reader: Reader,
  records: RecordTable,
  { bank_id, customer_id }: CustomerKey,
): AsyncGenerator<Row[]> {
  const statement = recordList(records);
  const read = async (after: string, kind: 'rows' | 'page') =>
    withCustomer(
      customer_id,
      await reader[kind]<Row & Listed>({ ...statement, values: [bank_id, customer_id, after, recordRows] }),
    );
  // All ids sort between the empty text and "~".
  let rows = await read(records.direction === 'asc' ? '' : '~', 'rows');
  yield rows;
  while (rows.length === recordRows) {
    rows = await read(rows[recordRows - 1]?.record_id ?? '', 'page');
    if (rows.length > 0) yield rows;
  }
}

function withCustomer<Row extends Listed>(customer_id: string, rows: Row[]): Row[] {
  if (rows.length === 0) customerUnknown(customer_id);
  return rows[0]?.record_id === null ? [] : rows;
}

/**
 * Throws the reason why a customer's record was not found. If a record is found, its customer exists.
 * @param unknown throws the failure for an unknown record
 * @throws ObpFailure OBP-30046 when there is no such customer
 */
export async function recordMissing(
  em: EntityManager,
  { bank_id, customer_id }: CustomerKey,
  unknown: () => never,
): Promise<never> {
  const customers = await em.execute('select from customer where bank_id = ? and customer_id = ?', [
    bank_id,
    customer_id,
  ]);
  return customers.length === 0 ? customerUnknown(customer_id) : unknown();
}

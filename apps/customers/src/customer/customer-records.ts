import type { EntityManager } from '@mikro-orm/postgresql';
import { customerUnknown } from '@platform/failure';
import type { CustomerKey } from '@platform/messages';
import type { Reader } from '@platform/persistence';
import { customerOfKey, type Listed, recordList, type RecordTable } from './customer-records.sql.js';

/**
 * Rows fetched at once and sent in one message: 50 addresses with every text and tag at its limit stay below the 4 MB
 * that a gRPC client accepts, and so do 50 of any other kind of record.
 */
export const recordRows = 50;

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
  const customers = await em.execute(customerOfKey, [bank_id, customer_id]);
  return customers.length === 0 ? customerUnknown(customer_id) : unknown();
}

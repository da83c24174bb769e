import type { EntityManager } from '@mikro-orm/postgresql';
import { customerUnknown } from '@platform/failure';
import type { CustomerKey } from '@platform/messages';
import { pagesOf, type Reader } from '@platform/persistence';
import { customerOfKey, type Listed, recordList, type RecordTable } from './customer-records.sql.js';

/**
 * Rows fetched at once and sent in one message: 50 addresses with every text and tag at its limit stay below the 4 MB
 * that a gRPC client accepts, and so do 50 of any other kind of record.
 */
const recordRows = 50;

/**
 * A customer's records in pages.
 * @throws ObpFailure OBP-30046
 */
export function listRecords<Row>(
  reader: Reader,
  records: RecordTable,
  { bank_id, customer_id }: CustomerKey,
): AsyncGenerator<Row[]> {
  const statement = recordList(records);
  // All ids sort between the empty text and "~".
  const start = records.direction === 'asc' ? '' : '~';
  return pagesOf<Row & Listed>(recordRows, async (last, rows) => {
    const query = { ...statement, values: [bank_id, customer_id, last?.record_id ?? start, rows] };
    const found = last === undefined ? reader.rows<Row & Listed>(query) : reader.page<Row & Listed>(query);
    return withCustomer(customer_id, await found);
  });
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

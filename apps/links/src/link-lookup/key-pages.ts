import type { CustomerKey } from '@platform/messages';
import { pagesOfBanks, type Placed, type Reader, type Statement } from '@platform/persistence';

/** Rows fetched at once: this bounds the memory of a response, whatever the number of links. */
const rowsAtOnce = 1_000;

/**
 * Reads the links of many customers in pages: bank by bank, then in the order of the keys and of the links.
 * @param statement takes the bank, the customers, the number of rows, and the link of the first customer after which
 * the page starts
 */
export async function* keyPages<Row extends Placed>(
  reader: Reader,
  statement: Statement,
  keys: readonly CustomerKey[],
): AsyncGenerator<Row[]> {
  const read = (bank_id: string, own: readonly CustomerKey[], after: string) => {
    const values = [bank_id, own.map(({ customer_id }) => customer_id), rowsAtOnce, after];
    return reader.rows<Row>({ ...statement, values });
  };
  for await (const { rows } of pagesOfBanks(keys, { full: rowsAtOnce, read, placeOf: (row: Row) => row })) yield rows;
}

import type { CustomerKey } from '@platform/messages';
import { type LookUp, lookUpAt, pagesOfBanks, type Placed, type Reader } from '@platform/persistence';

/** Rows fetched at once: this bounds the memory of a response, whatever the number of links. */
const rowsAtOnce = 1_000;

/**
 * Reads the links of many customers in pages, in the order of the keys and then of the links; bank by bank where tables are
 * distributed.
 * @param lookUp takes the banks, the customers, the number of rows, and the link of the first customer after which the
 * page starts
 */
export async function* keyPages<Row extends Placed>(
  reader: Reader,
  lookUp: LookUp,
  keys: readonly CustomerKey[],
): AsyncGenerator<Row[]> {
  const statement = lookUpAt(reader, lookUp);
  const read = (own: readonly CustomerKey[], after: string) => {
    const values = [own.map(({ bank_id }) => bank_id), own.map(({ customer_id }) => customer_id), rowsAtOnce, after];
    return reader.rows<Row>({ ...statement, values });
  };
  const { distributed } = reader;
  const pages = pagesOfBanks(keys, { distributed, full: rowsAtOnce, read, placeOf: (row: Row) => row });
  for await (const { rows } of pages) yield rows;
}

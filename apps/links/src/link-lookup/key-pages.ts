import type { CustomerKey } from '@platform/messages';
import type { Reader, Statement } from '@platform/persistence';

/** Rows fetched at once: this bounds the memory of a response, whatever the number of links. */
const rowsAtOnce = 1_000;

/** A row of a link: the position of its key, counted from 1, and the link's own id. */
interface Place {
  readonly place: number;
  readonly link_id: string;
}

/**
 * Reads the links of many customers in pages, in the order of the keys and then of the links.
 * @param statement takes the banks, the customers, the number of rows, and the link of the first customer after which
 * the page starts
 */
export async function* keyPages<Row extends Place>(
  reader: Reader,
  statement: Statement,
  keys: readonly CustomerKey[],
): AsyncGenerator<Row[]> {
  let left = keys;
  let after = '';
  while (left.length > 0) {
    const values = [left.map(({ bank_id }) => bank_id), left.map(({ customer_id }) => customer_id), rowsAtOnce, after];
    const rows = await reader.rows<Row>({ ...statement, values });
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) return;
    left = left.slice(last.place - 1);
    after = last.link_id;
  }
}

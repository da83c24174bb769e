import type { Reader } from '@platform/persistence';
import { chunkRows } from './customer-list.js';
import { searchByTrigrams, searchByWalk, type SearchColumn } from './customer.sql.js';
import type { CustomerRow } from './customer.shape.js';
import type { Page } from '@platform/input';
import type { Pattern } from './pattern.js';

/** A page of a bank's customers whose text matches the pattern, in chunks, ordered by customer id. */
export async function* searchBank(
  reader: Reader,
  column: SearchColumn,
  bank_id: string,
  pattern: Pattern,
  page: Page,
): AsyncGenerator<CustomerRow[]> {
  // The statement has no name, because its plan depends on the pattern.
  const text = pattern.narrow ? searchByTrigrams(column) : searchByWalk(column);
  let after = '';
  let { offset } = page;
  for (let left = page.limit; left > 0; left -= chunkRows) {
    const wanted = Math.min(left, chunkRows);
    const rows = await reader.page<CustomerRow>({ text, values: [bank_id, pattern.text, after, wanted, offset] });
    if (rows.length > 0) yield rows;
    if (rows.length < wanted) return;
    after = (rows[rows.length - 1] as CustomerRow).customer_id;
    offset = 0;
  }
}

import { pagesOf, type Reader } from '@platform/persistence';
import { chunkRows } from './customer-list.js';
import { searchByTrigrams, searchByWalk, type SearchColumn } from './customer.sql.js';
import type { CustomerRow } from './customer.shape.js';
import type { Page } from '@platform/input';
import type { Pattern } from './pattern.js';

/** A page of a bank's customers whose text matches the pattern, in chunks, ordered by customer id. */
export function searchBank(
  reader: Reader,
  column: SearchColumn,
  bank_id: string,
  pattern: Pattern,
  { limit, offset }: Page,
): AsyncGenerator<CustomerRow[]> {
  // The statement has no name, because its plan depends on the pattern.
  const text = pattern.narrow ? searchByTrigrams(column) : searchByWalk(column);
  const read = (last: CustomerRow | undefined, rows: number) => {
    const values = [bank_id, pattern.text, last?.customer_id ?? '', rows, last === undefined ? offset : 0];
    return reader.page<CustomerRow>({ text, values });
  };
  return pagesOf(chunkRows, read, { limit });
}

import { pagesOf, type Reader, type Statement } from '@platform/persistence';

/** Most lists end here: read fast enough to go between other short reads. */
const firstRows = 100;
/** Rows fetched at once after that: the memory of a list, however long it is. Far below 4 MB with every text at its limit. */
const nextRows = 500;

/**
 * Reads the links of somebody in pages, oldest first.
 * @param statement takes the values, then the id after which to go on, then the number of rows
 * @param idOf the id of the link in a row
 */
export function linkPages<Row>(
  reader: Reader,
  statement: Statement,
  values: readonly string[],
  idOf: (row: Row) => string,
): AsyncGenerator<Row[]> {
  const read = (last: Row | undefined, rows: number) => {
    const query = { ...statement, values: [...values, last === undefined ? '' : idOf(last), rows] };
    return last === undefined ? reader.rows<Row>(query) : reader.page<Row>(query);
  };
  return pagesOf(nextRows, read, firstRows);
}

/** The pages of a list that has none. */
export async function* noPages(): AsyncGenerator<never[]> {}

import { pagesOf, type Reader, type Statement } from '@platform/persistence';

/** Enough for most lists: such a page is read fast enough to share a connection with other short reads. */
const firstRows = 100;
/** Rows fetched at once after that, which bounds the memory of a list. Far below 4 MB with every text at its limit. */
const nextRows = 500;

/**
 * Reads the links of a user, customer or account in pages, oldest first.
 * @param statement takes the values, then the id after which the page starts, then the number of rows
 * @param idOf returns the link's id in a row
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
  return pagesOf(nextRows, read, { first: firstRows });
}

/** The pages of an empty list. */
export async function* noPages(): AsyncGenerator<never[]> {}

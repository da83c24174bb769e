/**
 * Reads all rows in pages; each page begins after the last row of the page before.
 * @param size rows of a page; a shorter page is the last
 * @param first rows of the first page, when that should be quick
 */
export async function* pagesOf<Row>(
  size: number,
  read: (last: Row | undefined, rows: number) => Promise<Row[]>,
  first = size,
): AsyncGenerator<Row[]> {
  let last: Row | undefined;
  for (let wanted = first; ; wanted = size) {
    const rows = await read(last, wanted);
    if (rows.length > 0) yield rows;
    if (rows.length < wanted) return;
    last = rows.at(-1);
  }
}

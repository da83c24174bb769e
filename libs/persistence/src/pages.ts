/**
 * Reads rows in pages; each page begins after the last row of the page before.
 * @param size rows of a page; a shorter page is the last
 * @param bounds `first`: rows of the first page, when that should be quick; `limit`: rows of all pages together
 */
export async function* pagesOf<Row>(
  size: number,
  read: (last: Row | undefined, rows: number) => Promise<Row[]>,
  { first = size, limit = Infinity }: { readonly first?: number; readonly limit?: number } = {},
): AsyncGenerator<Row[]> {
  let last: Row | undefined;
  let left = limit;
  for (let wanted = Math.min(first, left); wanted > 0; wanted = Math.min(size, left)) {
    const rows = await read(last, wanted);
    if (rows.length > 0) yield rows;
    if (rows.length < wanted) return;
    last = rows.at(-1);
    left -= wanted;
  }
}

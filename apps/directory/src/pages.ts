/** The most weight of a message's items, in bytes. A single item may be larger: its own limits keep it below 4 MB. */
export const messageBytes = 1_500_000;

/**
 * Assigns rows to their owners. Both come in the order of the owners' ids, and every row belongs to one of them. Owners
 * whose rows are complete are handed over before the next page is read, so only one page is held in memory.
 */
export async function* withRows<Owner, Row>(
  owners: readonly Owner[],
  pages: AsyncIterable<readonly Row[]>,
  isOf: (row: Row, owner: Owner) => boolean,
): AsyncGenerator<{ owner: Owner; own: Row[] }[]> {
  let at = 0;
  let own: Row[] = [];
  let complete: { owner: Owner; own: Row[] }[] = [];
  const close = () => {
    complete.push({ owner: owners[at] as Owner, own });
    own = [];
    at += 1;
  };
  for await (const rows of pages) {
    if (complete.length > 0) yield complete;
    complete = [];
    for (const row of rows) {
      while (!isOf(row, owners[at] as Owner)) close();
      own.push(row);
    }
  }
  while (at < owners.length) close();
  yield complete;
}

/** Rows that a view works on at once: this bounds its memory, whatever the length of its list. */
export const pageRows = 1_000;

/** Regroups the items of messages of any length into pages of `rows`; the last one may be shorter. */
export async function* regrouped<M, T>(
  messages: AsyncIterable<M>,
  itemsOf: (message: M) => readonly T[],
  rows = pageRows,
): AsyncGenerator<T[]> {
  let page: T[] = [];
  for await (const message of messages) {
    for (const item of itemsOf(message)) {
      page.push(item);
      if (page.length === rows) {
        yield page;
        page = [];
      }
    }
  }
  if (page.length > 0) yield page;
}

/** The items from `offset` on, at most `limit`, of a list in pages. Nothing after them is fetched. */
export async function* partOf<T>(
  pages: AsyncIterable<readonly T[]>,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): AsyncGenerator<readonly T[]> {
  let skip = offset;
  let left = limit;
  for await (const page of pages) {
    const part = page.slice(skip, skip + left);
    skip = Math.max(0, skip - page.length);
    left -= part.length;
    if (part.length > 0) yield part;
    if (left === 0) return;
  }
}

/**
 * 150 customers, users or attributes with every text at its limit stay below the 4 MB that a gRPC client accepts. An
 * item with more records is sent alone: a customer's attributes are at most 1,000,000 bytes, whatever their number.
 */
export const messageRecords = 150;

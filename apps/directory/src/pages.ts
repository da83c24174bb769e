/** The most bytes of items in one message. A single item may be larger: its own limits keep it below 4 MB. */
const messageBytes = 1_500_000;

/** Assigns rows to their owners. Both come in the order of the owners' ids, and every row belongs to one of them. */
export async function* withRows<Owner, Row>(
  owners: readonly Owner[],
  pages: AsyncIterable<readonly Row[]>,
  isOf: (row: Row, owner: Owner) => boolean,
): AsyncGenerator<{ owner: Owner; own: Row[] }> {
  const rows = flat(pages);
  let next = await rows.next();
  for (const owner of owners) {
    const own: Row[] = [];
    while (next.done !== true && isOf(next.value, owner)) {
      own.push(next.value);
      next = await rows.next();
    }
    yield { owner, own };
  }
}

async function* flat<Row>(pages: AsyncIterable<readonly Row[]>): AsyncGenerator<Row, undefined> {
  for await (const rows of pages) yield* rows;
}

/** Groups items into the lists of messages. At least one list is sent, so that an empty response is a list too. */
export async function* listsOf<Item>(
  items: AsyncIterable<Item>,
  bytesOf: (item: Item) => number,
): AsyncGenerator<Item[]> {
  let list: Item[] = [];
  let bytes = 0;
  let sent = false;
  for await (const item of items) {
    const more = bytesOf(item);
    if (list.length > 0 && bytes + more > messageBytes) {
      yield list;
      sent = true;
      list = [];
      bytes = 0;
    }
    list.push(item);
    bytes += more;
  }
  if (list.length > 0 || !sent) yield list;
}

/** Splits the ids into portions, each id once. */
export function portionsOf(ids: readonly string[], size: number): string[][] {
  const all = [...new Set(ids)];
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

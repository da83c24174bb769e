import type { Query, Reader } from '@platform/persistence';

/** Most lists end here: read fast enough to go between other short reads. */
const firstRows = 100;
/** Rows fetched at once after that: the memory of a list, however long it is. Far below 4 MB with every text at its limit. */
const nextRows = 500;

/**
 * Reads the links of somebody in pages, oldest first.
 * @param statement takes the values, then the id after which to go on, then the number of rows
 * @param idOf the id of the link in a row
 */
export async function* linkPages<Row>(reader: Reader, statement: Omit<Query, 'values'>, values: readonly string[], idOf: (row: Row) => string): AsyncGenerator<Row[]> {
  let after = '';
  for (let wanted = firstRows; ; wanted = nextRows) {
    const query = { ...statement, values: [...values, after, wanted] };
    const rows = await (wanted <= firstRows ? reader.rows<Row>(query) : reader.page<Row>(query));
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < wanted) return;
    after = idOf(last);
  }
}

/** A message for each page with anything in it. At least one goes out, so that an empty list is a list. */
export async function* messagesOf<Item, Message>(pages: AsyncIterable<Item[]>, message: (items: Item[]) => Message): AsyncGenerator<Message> {
  let sent = false;
  for await (const items of pages) {
    if (items.length === 0) continue;
    yield message(items);
    sent = true;
  }
  if (!sent) yield message([]);
}

/** The pages of a list that has none. */
export async function* noPages(): AsyncGenerator<never[]> {}

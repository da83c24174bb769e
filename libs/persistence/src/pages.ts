/**
 * Reads all rows in pages, each behind the last row of the one before.
 * @param size rows of a page; a shorter page is the last
 * @param first rows of the first page, where that is to be a quick one
 */
export async function* pagesOf<Row>(size: number, read: (last: Row | undefined, rows: number) => Promise<Row[]>, first = size): AsyncGenerator<Row[]> {
  let last: Row | undefined;
  for (let wanted = first; ; wanted = size) {
    const rows = await read(last, wanted);
    if (rows.length > 0) yield rows;
    if (rows.length < wanted) return;
    last = rows.at(-1);
  }
}

/**
 * The messages of a streamed list. At least one goes out, so that an empty list is a list.
 * @param most rows that one message may have at their limits: a gRPC client takes 4 MB
 */
export async function* messagesOf<Row, Message>(pages: AsyncIterable<Row[]>, toMessage: (rows: Row[]) => Message, most = Infinity): AsyncGenerator<Message> {
  let sent = false;
  for await (const rows of pages) {
    for (let from = 0; from < rows.length; from += most) {
      yield toMessage(rows.length <= most ? rows : rows.slice(from, from + most));
      sent = true;
    }
  }
  if (!sent) yield toMessage([]);
}

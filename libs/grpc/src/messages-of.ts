export interface Cut<Item> {
  /** The most weight in one message when its items are at their limits: a gRPC client accepts 4 MB. */
  readonly most: number;
  /** The weight of an item; 1 by default. An item heavier than a message may be is sent alone. */
  readonly weightOf?: (item: Item) => number;
}

/**
 * The messages of a streamed list: one for each page that is not empty, or several when one cannot hold it. At least
 * one is sent, so that an empty list is still a list.
 */
export async function* messagesOf<Item, Message>(
  pages: AsyncIterable<readonly Item[]>,
  toMessage: (items: Item[]) => Message,
  cut?: Cut<Item>,
): AsyncGenerator<Message> {
  let sent = false;
  for await (const page of pages) {
    for (const items of cut === undefined ? whole(page) : parts(page, cut)) {
      yield toMessage(items);
      sent = true;
    }
  }
  if (!sent) yield toMessage([]);
}

function whole<Item>(page: readonly Item[]): Item[][] {
  return page.length === 0 ? [] : [[...page]];
}

function parts<Item>(page: readonly Item[], { most, weightOf = () => 1 }: Cut<Item>): Item[][] {
  const cut: Item[][] = [];
  let room = 0;
  for (const item of page) {
    const weight = weightOf(item);
    if (weight > room) {
      cut.push([]);
      room = most;
    }
    cut.at(-1)?.push(item);
    room -= weight;
  }
  return cut;
}

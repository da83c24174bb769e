export interface Overlap {
  /** The most items that are worked on at a time. */
  readonly atOnce: number;
  /**
   * How many are started at first, doubled by each result: for a caller who may soon have enough. Default: `atOnce`.
   */
  readonly first?: number;
}

/**
 * Works on several items at a time; the results come in the order of the source. No further items are read or held, and
 * no work is started after the caller has stopped reading.
 */
export async function* overlapped<Item, Result>(
  source: AsyncIterable<Item> | Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  { atOnce, first = atOnce }: Overlap,
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  let room = first;
  for await (const item of source) {
    const result = work(item);
    // The error is thrown when it is this result's turn, or ignored when the caller has stopped reading.
    result.catch(() => undefined);
    begun.push(result);
    if (begun.length < room) continue;
    yield await (begun.shift() as Promise<Result>);
    room = Math.min(room * 2, atOnce);
  }
  for (const result of begun) yield await result;
}

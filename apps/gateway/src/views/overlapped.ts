export interface Overlap {
  /** How many are worked on at a time. */
  readonly atOnce: number;
  /** With how many it begins, twice as many after each result: for a caller who may soon have enough. All by default. */
  readonly first?: number;
}

/**
 * Works on several items at a time; the results come in the order of the source. No more is read or held than is worked
 * on, and nothing is begun for a caller who has left.
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
    // It fails when its turn comes, or nobody waits for it any more.
    result.catch(() => undefined);
    begun.push(result);
    if (begun.length < room) continue;
    yield await (begun.shift() as Promise<Result>);
    room = Math.min(room * 2, atOnce);
  }
  for (const result of begun) yield await result;
}

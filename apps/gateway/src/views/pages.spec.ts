import { describe, expect, it } from '@jest/globals';
import { messagesOf } from '@platform/grpc';
import { messageRecords, partOf, regrouped } from './pages.js';

async function* from<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('regrouped', () => {
  it('gathers messages into pages', async () => {
    expect(await all(regrouped(from([[1], [], [2, 3, 4], [5]]), (message) => message, 2))).toEqual([
      [1, 2],
      [3, 4],
      [5],
    ]);
    expect(await all(regrouped(from<number[]>([[]]), (message) => message, 2))).toEqual([]);
  });

  it('ends its source when it is left', async () => {
    let ended = false;
    async function* source() {
      try {
        for (;;) yield [1];
      } finally {
        ended = true;
      }
    }
    for await (const _ of regrouped(source(), (message) => message, 1)) break;
    expect(ended).toBe(true);
  });
});

describe('messagesOf with messageRecords', () => {
  const sizes = async (pages: readonly number[][], recordsOf: (item: number) => number) =>
    (await all(messagesOf(from(pages), (items) => items, { most: messageRecords, weightOf: recordsOf }))).map(
      (items) => items.length,
    );

  it('keeps a message to 150 records, but for an item that has more', async () => {
    expect(await sizes([numbers(400)], () => 1)).toEqual([150, 150, 100]);
    expect(await sizes([[100, 50, 1, 500, 2]], (records) => records)).toEqual([2, 1, 1, 1]);
  });

  it('sends one message for nothing, and none for a page of nothing', async () => {
    expect(await sizes([], () => 1)).toEqual([0]);
    expect(await sizes([[], [1], []], () => 1)).toEqual([1]);
  });
});

describe('partOf', () => {
  const part = (pages: readonly number[][], limit: number, offset: number) =>
    all(partOf(from(pages), { limit, offset }));

  it('is what lies between offset and limit', async () => {
    expect(await part([[0, 1, 2], [3], [4, 5]], 3, 2)).toEqual([[2], [3], [4]]);
    expect(
      await part(
        [
          [0, 1],
          [2, 3],
        ],
        9,
        2,
      ),
    ).toEqual([[2, 3]]);
    expect(await part([[0, 1]], 1, 2)).toEqual([]);
  });

  it('fetches nothing behind the limit', async () => {
    let fetched = 0;
    async function* source() {
      for (;;) yield [fetched++];
    }
    expect(await all(partOf(source(), { limit: 2, offset: 1 }))).toEqual([[1], [2]]);
    expect(fetched).toBe(3);
  });
});

import { describe, expect, it } from '@jest/globals';
import { messagesOf } from './messages-of.js';

async function* given<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('messagesOf', () => {
  it('sends a message for each page with anything in it', async () => {
    expect(await all(messagesOf(given([1, 2], [], [3]), (rows) => ({ rows })))).toEqual([
      { rows: [1, 2] },
      { rows: [3] },
    ]);
  });

  it('cuts a page that one message cannot hold', async () => {
    expect(await all(messagesOf(given([1, 2, 3, 4, 5], [6]), (rows) => rows.join(), { most: 2 }))).toEqual([
      '1,2',
      '3,4',
      '5',
      '6',
    ]);
  });

  it('sends one empty list of nothing', async () => {
    expect(await all(messagesOf(given<number[]>(), (rows) => ({ rows })))).toEqual([{ rows: [] }]);
    expect(await all(messagesOf(given<number[]>([]), (rows) => ({ rows })))).toEqual([{ rows: [] }]);
  });

  it('weighs items, and lets a heavier one go alone', async () => {
    const weightOf = (weight: number) => weight;
    expect(await all(messagesOf(given([2, 1, 1, 9, 3, 1]), (rows) => rows, { most: 4, weightOf }))).toEqual([
      [2, 1, 1],
      [9],
      [3, 1],
    ]);
  });
});

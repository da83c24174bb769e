import { describe, expect, it } from '@jest/globals';
import { pagesOf } from './pages.js';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The numbers after the last one, up to `count`. */
const upTo = (count: number) => async (last: number | undefined, rows: number) =>
  Array.from({ length: rows }, (_, index) => (last ?? 0) + index + 1).filter((row) => row <= count);

describe('pagesOf', () => {
  it.each([
    [0, []],
    [3, [[1, 2], [3]]],
    [
      4,
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ])('reads %i rows behind each other', async (count, pages) => {
    expect(await all(pagesOf(2, upTo(count)))).toEqual(pages);
  });

  it('may begin with a shorter page', async () => {
    expect(await all(pagesOf(3, upTo(5), { first: 1 }))).toEqual([[1], [2, 3, 4], [5]]);
    expect(await all(pagesOf(3, upTo(1), { first: 2 }))).toEqual([[1]]);
  });

  it('reads no more rows than the limit', async () => {
    expect(await all(pagesOf(2, upTo(9), { limit: 3 }))).toEqual([[1, 2], [3]]);
    expect(await all(pagesOf(2, upTo(9), { limit: 2 }))).toEqual([[1, 2]]);
    expect(await all(pagesOf(2, upTo(9), { first: 3, limit: 1 }))).toEqual([[1]]);
  });
});

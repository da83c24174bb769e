import { describe, expect, it } from '@jest/globals';
import { withRows } from './pages.js';

async function* given<T>(...items: T[]): AsyncGenerator<T> {
  yield* items;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('withRows', () => {
  it('hands every owner its rows, over the borders of pages', async () => {
    const joined = await all(
      withRows(['a', 'b', 'c', 'd'], given(['b1'], ['b2', 'd1']), (row, owner) => row.startsWith(owner)),
    );
    expect(joined).toEqual([
      [{ owner: 'a', own: [] }],
      [
        { owner: 'b', own: ['b1', 'b2'] },
        { owner: 'c', own: [] },
        { owner: 'd', own: ['d1'] },
      ],
    ]);
  });
});

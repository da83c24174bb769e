import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type Overlap, overlapped } from './overlapped.js';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Later items are finished sooner. */
function watched() {
  const seen = { now: 0, most: 0, begun: [] as number[] };
  const work = async (item: number) => {
    seen.begun.push(item);
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    await sleep(20 - item);
    seen.now -= 1;
    return item * 10;
  };
  return { seen, work };
}

async function all(count: number, overlap: Overlap, work: (item: number) => Promise<number>): Promise<number[]> {
  const found: number[] = [];
  for await (const result of overlapped(numbers(count), work, overlap)) found.push(result);
  return found;
}

describe('overlapped', () => {
  it.each([0, 1, 3, 4, 11])('works on four of %i at a time and keeps their order', async (count) => {
    const { seen, work } = watched();
    expect(await all(count, { atOnce: 4 }, work)).toEqual(numbers(count).map((item) => item * 10));
    expect(seen.most).toBe(Math.min(count, 4));
  });

  it('begins with few for a caller who has soon enough, and then keeps them all under way', async () => {
    const { seen, work } = watched();
    const begun: number[] = [];
    for await (const _ of overlapped(numbers(20), work, { atOnce: 4, first: 1 })) begun.push(seen.begun.length);
    expect(begun.slice(0, 5)).toEqual([1, 3, 6, 7, 8]);
    expect(seen.most).toBe(4);
  });

  it('begins nothing for a caller who has left, and ends its source', async () => {
    let ended = false;
    async function* source() {
      try {
        for (let item = 0; ; item += 1) yield item;
      } finally {
        ended = true;
      }
    }
    const { seen, work } = watched();
    for await (const result of overlapped(source(), work, { atOnce: 2 })) if (result === 10) break;
    expect([ended, seen.begun]).toEqual([true, [0, 1, 2]]);
  });

  it('fails where the failed one stands, also when others fail behind a caller who has left', async () => {
    const work = async (item: number) => (item === 1 || item === 2 ? Promise.reject(new Error(`no ${item}`)) : item);
    const found: number[] = [];
    const run = async () => {
      for await (const result of overlapped(numbers(5), work, { atOnce: 3 })) found.push(result);
    };
    await expect(run()).rejects.toThrow('no 1');
    expect(found).toEqual([0]);
  });
});

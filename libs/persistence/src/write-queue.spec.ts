import { expect, it } from '@jest/globals';
import type { Insertion } from './insertion.js';
import { createWriteQueue, type Waiting } from './write-queue.js';

const insertion = { name: 'things', text: '', bankAt: 0, valuesOf: () => [] } as Insertion<never>;

const rowOf = (line: string, value: number): Waiting => ({
  insertion,
  line,
  values: [value],
  since_ms: performance.now(),
  scope: undefined,
  isAborted: () => false,
  resolve: () => undefined,
  reject: () => undefined,
});

it('never takes rows of two lines at once; the lines take turns', () => {
  const queue = createWriteQueue({ batch: 2, waiting: 100, patience_ms: 60_000 });
  for (const [line, value] of [
    ['a', 1],
    ['b', 2],
    ['a', 3],
    ['a', 4],
    ['b', 5],
  ] as const)
    queue.add(rowOf(line, value));
  const taken: unknown[] = [];
  for (let rows = queue.take(); rows.length > 0; rows = queue.take())
    taken.push(rows.map(({ line, values }) => `${line}${String(values[0])}`));
  expect(taken).toEqual([['a1', 'a3'], ['b2', 'b5'], ['a4']]);
});

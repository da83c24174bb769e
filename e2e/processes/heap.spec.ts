import { execFileSync } from 'node:child_process';
import { expect, it, jest } from '@jest/globals';
import { root } from './program.js';

jest.setTimeout(120_000);

/** A program that uses 25 MB and makes garbage that outlives the young part. It prints the size of the old part. */
const program = `
import { getHeapSpaceStatistics } from 'node:v8';
import { limitHeapGrowth } from '@platform/runtime';
if (process.argv[1] === 'limited') limitHeapGrowth();
const used = Array.from({ length: 300_000 }, (_, index) => ({ index, text: 'used ' + index }));
let largest = 0;
for (let round = 0; round < 150; round += 1) {
  const batch = Array.from({ length: 60_000 }, (_, index) => ({ index, text: 'batch ' + round + index }));
  const { space_size } = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space');
  if (round > 50 && batch.length + used.length > 0) largest = Math.max(largest, space_size);
}
console.log(largest);`;

const oldSpaceOf = (how: string): number =>
  Number(execFileSync(process.execPath, ['--input-type=module', '-e', program, how], { cwd: `${root}/e2e` }));

it('the heap of a process grows less before its garbage is collected', () => {
  const [free, limited] = [oldSpaceOf('free'), oldSpaceOf('limited')];
  process.stderr.write(`old part of the heap: ${(free / 1e6).toFixed()} MB, limited ${(limited / 1e6).toFixed()} MB\n`);
  expect(limited).toBeLessThan(free * 0.8);
});

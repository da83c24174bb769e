import { performance } from 'node:perf_hooks';
import { percentile } from './measure.mjs';
import { createRequests } from './requests.mjs';

const PAGE = 50;
const WARM_UP = 10;
const LEAST = 20;
const MOST = 1_000;

/**
 * Reads the first page of the bank's customers and the deepest in turns, one request at a time.
 * @param {{origin: string, job: object, rows: number, seconds: number, signal: AbortSignal}} what `rows`: customers of the bank
 * @returns the p50 of each in milliseconds, and how many times slower the deepest is than the first
 */
export async function measurePages({ origin, job, rows, seconds, signal }) {
  const { listFrom } = createRequests(job);
  const pages = [listFrom(0), listFrom(rows - PAGE)];
  for (let turn = 0; turn < WARM_UP; turn += 1) for (const page of pages) await timed(origin, page);
  const times = pages.map(() => []);
  const end = performance.now() + seconds * 1000;
  for (let turn = 0; turn < LEAST || (turn < MOST && performance.now() < end); turn += 1) {
    signal.throwIfAborted();
    for (const [index, page] of pages.entries()) times[index].push(await timed(origin, page));
  }
  const [first_p50_ms, deepest_p50_ms] = times.map((list) => percentile(Float64Array.from(list).sort(), 0.5));
  return { first_p50_ms, deepest_p50_ms, times_the_first: deepest_p50_ms / first_p50_ms };
}

async function timed(origin, { path, headers, expected, holds }) {
  const begin = performance.now();
  const answer = await fetch(origin + path, { headers });
  const text = await answer.text();
  if (answer.status !== expected || !text.includes(holds))
    throw new Error(`unexpected answer ${answer.status} to ${path}: ${text.slice(0, 500)}`);
  return performance.now() - begin;
}

import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProcess } from './process.mjs';

/** What a process prints when it accepts requests. */
const READY = /\blistening\b|The platform is ready/;
const LOOK_MS = 2;
const DEADLINE_MS = 30_000;

/**
 * Starts each program alone, with its database existing and up to date, and waits until it reports that it is ready.
 * @param programs the arguments of `startProcess` for each
 * @returns by program: the milliseconds of each start, the shortest first
 */
export async function timeStarts(programs, times, signal) {
  const results = [];
  for (const program of programs) {
    const taken = [];
    for (let time = 0; time < times; time += 1) {
      signal.throwIfAborted();
      taken.push(await timeStart(program));
    }
    results.push({ name: program.name, starts_ms: taken.sort((a, b) => a - b) });
  }
  return results;
}

async function timeStart({ name, args, env }) {
  const begin = performance.now();
  const started = startProcess({ name, args, env: { ...env, LOG_LEVEL: 'info' } });
  try {
    while (!READY.test(started.output())) {
      if (started.hasEnded()) throw new Error(`${name} ended at its start:\n${started.output()}`);
      if (performance.now() > begin + DEADLINE_MS)
        throw new Error(`${name} is not ready after ${DEADLINE_MS / 1000} s:\n${started.output()}`);
      await sleep(LOOK_MS);
    }
    return performance.now() - begin;
  } finally {
    await started.close();
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from './measure.mjs';
import { createRequests } from './requests.mjs';

const LIST_BYTES = 10_000_000;
/**
 * The speed of a 40 Mbit/s connection, where a list takes two seconds. At full speed, reading it would take the
 * processors from the requests that are measured.
 */
const BYTES_PER_MS = 5_000;
const CONNECTIONS = 1;
const TURN_SECONDS = 1;

/**
 * Reads customers by id, alone and while another client reads a list of 10 MB repeatedly, in many short turns.
 * @param {{generator: object, origin: string, job: object, rows: number, turns: number}} what `rows`: customers of the bank
 * @returns the p99 of both in milliseconds, as the median of the turns; and how many times slower it is while the list is read
 */
export async function measureBeside({ generator, origin, job, rows, turns }) {
  const { listOf } = createRequests(job);
  const list = listOf(Math.min(rows, await customersIn(LIST_BYTES, origin, listOf)));
  const turn = async () =>
    percentile(
      Float64Array.from(
        (await generator.run({ ...job, operation: 'get', connections: CONNECTIONS, seconds: TURN_SECONDS, origin }))
          .times,
      ).sort(),
      0.99,
    );
  const p99s = { alone: [], beside: [] };
  for (let count = 0; count < turns; count += 1) {
    p99s.alone.push(await turn());
    const stop = startReader(origin, list);
    p99s.beside.push(await turn());
    await stop();
  }
  const [alone_p99_ms, beside_p99_ms] = [p99s.alone, p99s.beside].map((list) =>
    percentile(Float64Array.from(list).sort(), 0.5),
  );
  return { alone_p99_ms, beside_p99_ms, times_alone: beside_p99_ms / alone_p99_ms };
}

async function customersIn(bytes, origin, listOf) {
  const some = 100;
  return Math.ceil((bytes * some) / (await read(origin, listOf(some))));
}

/** @returns a function that stops it, even in the middle of a list */
function startReader(origin, list) {
  const stopping = new AbortController();
  const reading = (async () => {
    while (!stopping.signal.aborted) await read(origin, list, stopping.signal);
  })().catch((error) => {
    if (!stopping.signal.aborted) throw error;
  });
  return () => {
    stopping.abort();
    return reading;
  };
}

/** @returns the number of bytes of the response */
async function read(origin, { path, headers, expected }, signal) {
  const answer = await fetch(origin + path, { headers, signal });
  if (answer.status !== expected) throw new Error(`unexpected answer ${answer.status} to ${path}`);
  let bytes = 0;
  // Node's streams can be iterated, but the browsers' types do not say so.
  for await (const chunk of /** @type {any} */ (answer.body)) {
    bytes += chunk.length;
    await sleep(chunk.length / BYTES_PER_MS);
  }
  return bytes;
}

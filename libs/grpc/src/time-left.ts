import { ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import { createBatcher } from '@platform/runtime';
import { shareTrace } from '@platform/telemetry';

/** How long a request may take until the first byte of its response, including all the calls that it makes. */
export const requestTime_ms = 5_000;

interface Held {
  until: number;
  holders: number;
}

/** The deadlines of the requests that this process works on, by correlation id. */
const deadlines = new Map<string, Held>();

/**
 * Sets one deadline for all calls of a request: calls with its correlation id get the remaining time. Several parts of
 * a process may work on one request; then the latest deadline counts, so that two calls to which a client gives the
 * same id do not shorten each other's time.
 * @param until as `performance.now()`
 * @returns a function that ends it
 */
export function holdDeadline(correlation_id: string, until: number): () => void {
  if (correlation_id === '' || until === Infinity) return () => undefined;
  const held = deadlines.get(correlation_id) ?? { until, holders: 0 };
  deadlines.set(correlation_id, held);
  held.until = Math.max(held.until, until);
  held.holders += 1;
  let over = false;
  return () => {
    if (over) return;
    over = true;
    held.holders -= 1;
    if (held.holders === 0) deadlines.delete(correlation_id);
  };
}

/** Milliseconds that a call for the request may take: at most `usual`, negative when the deadline has passed. */
export function timeLeft(correlation_id: string, usual = requestTime_ms): number {
  const held = deadlines.get(correlation_id);
  return held === undefined ? usual : Math.min(usual, held.until - performance.now());
}

/**
 * Gathers look-ups of concurrent requests into batches; each request waits only until its own deadline.
 * @param fetch answers a batch, one value per key, in order. It gets the correlation id of the request with the most
 * time, or of the first one that is recorded, whose trace then has the calls.
 */
export function createLookUps<Key extends { readonly correlation_id: string }, Value>(
  fetch: (keys: readonly Key[], correlation_id: string) => Promise<readonly Value[]>,
  limits: { readonly limit: number; readonly parallel: number },
): (key: Key) => Promise<Value> {
  return createBatcher<Key, Value>((keys) => inSharedTrace(keys, (correlation_id) => fetch(keys, correlation_id)), {
    ...limits,
    patience_ms: ({ correlation_id }) => timeLeft(correlation_id),
    late: () => new ObpFailure(Failure.FAILURE_REQUEST_TIMEOUT),
  });
}

/** The batch has all the time of its latest request, also when it is another one that is recorded. */
async function inSharedTrace<T>(
  keys: readonly { readonly correlation_id: string }[],
  work: (correlation_id: string) => Promise<T>,
): Promise<T> {
  const ids = keys.map(({ correlation_id }) => correlation_id);
  const latest = ids.at(-1) ?? '';
  const trace = shareTrace('look-up', ids);
  if (trace === undefined) return work(latest);
  const release = holdDeadline(trace.correlation_id, performance.now() + timeLeft(latest));
  try {
    return await work(trace.correlation_id);
  } finally {
    release();
    trace.end();
  }
}

/**
 * Tells whether records exist now. Look-ups of concurrent requests are sent in one call.
 * @param textOf a key as text: the same text only for the same key
 * @param find returns those of the keys that exist; each key is asked for once
 */
export function createExistence<Key>(
  textOf: (key: Key) => string,
  find: (keys: Key[], correlation_id: string) => Promise<readonly Key[]>,
): (key: Key, correlation_id: string) => Promise<boolean> {
  const exists = createLookUps<{ readonly key: Key; readonly correlation_id: string }, boolean>(
    async (wanted, correlation_id) => {
      const keys = new Map(wanted.map(({ key }) => [textOf(key), key]));
      const there = new Set((await find([...keys.values()], correlation_id)).map(textOf));
      return wanted.map(({ key }) => there.has(textOf(key)));
    },
    { limit: 500, parallel: 2 },
  );
  return (key, correlation_id) => exists({ key, correlation_id });
}

import { ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import { createBatcher } from '@platform/runtime';

/** How long a request may take until the first byte of its answer, whatever it asks of whom. */
export const requestTime_ms = 5_000;

interface Held {
  until: number;
  holders: number;
}

/** When the requests must be answered that this process works on, by their correlation ids. */
const deadlines = new Map<string, Held>();

/**
 * Binds everything that is called for a request to one deadline: calls with its correlation id get what is left of it.
 * Several parts of one process may work on a request; the last of their deadlines holds. So a client that gives two calls one id
 * cuts neither short.
 * @param until of `performance.now()`
 * @returns ends it
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

/** Milliseconds that a call for the request may take; at most `usual`, and negative when it is late already. */
export function timeLeft(correlation_id: string, usual = requestTime_ms): number {
  const held = deadlines.get(correlation_id);
  return held === undefined ? usual : Math.min(usual, held.until - performance.now());
}

/**
 * Gathers look-ups of concurrent requests into batches; each request waits no longer than it has time.
 * @param fetch answers a batch, one value per key, in order. The correlation id is that of the request with the most time.
 */
export function createLookUps<Key extends { readonly correlation_id: string }, Value>(
  fetch: (keys: readonly Key[], correlation_id: string) => Promise<readonly Value[]>,
  limits: { readonly limit: number; readonly parallel: number },
): (key: Key) => Promise<Value> {
  const latest = (keys: readonly Key[]): string => keys.at(-1)?.correlation_id ?? '';
  return createBatcher<Key, Value>((keys) => fetch(keys, latest(keys)), {
    ...limits,
    patience_ms: ({ correlation_id }) => timeLeft(correlation_id),
    late: () => new ObpFailure(Failure.FAILURE_REQUEST_TIMEOUT),
  });
}

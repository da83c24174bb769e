import { metrics } from '@platform/telemetry';

/** A key that a caller looks up, and how long the caller waits. */
interface LookUp<K, V> {
  readonly key: K;
  /** As `performance.now()`. */
  readonly until: number;
  isSettled: boolean;
  resolve(value: V): void;
  reject(reason: unknown): void;
}

export interface BatcherOptions<K> {
  /** Keys in a batch. */
  readonly limit: number;
  /** Batches under way at the same time. */
  readonly parallel: number;
  /** How long the caller waits for a key, from now on. Absent: for ever. */
  readonly patience_ms?: (key: K) => number;
  /** The error that the caller gets after that time. */
  readonly late?: () => Error;
}

/** How often waiting callers are checked for the end of their time. */
const look_ms = 50;

/**
 * Gathers single look-ups into batches: keys from one turn of the event loop, and those that arrive while `parallel`
 * batches are under way, are fetched together. Each caller waits at most its own `patience_ms`, even behind other
 * batches.
 * @param fetch answers a batch, one value per key, in order
 */
export function createBatcher<K, V>(
  fetch: (keys: readonly K[]) => Promise<readonly V[]>,
  options: BatcherOptions<K>,
): (key: K) => Promise<V> {
  let waiting: LookUp<K, V>[] = [];
  const underWay = new Set<readonly LookUp<K, V>[]>();
  let scheduled = false;
  let timer: NodeJS.Timeout | undefined;

  const schedule = () => {
    if (scheduled || waiting.length === 0 || underWay.size >= options.parallel) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      if (waiting.length === 0) return;
      const batch = waiting.slice(0, options.limit);
      waiting = waiting.slice(options.limit);
      void run(batch);
      schedule();
    });
  };

  const run = async (batch: readonly LookUp<K, V>[]) => {
    underWay.add(batch);
    try {
      metrics.batchSize.record(batch.length, 'look-ups');
      const values = await fetch(batch.map(({ key }) => key));
      batch.forEach((one, index) => {
        one.isSettled = true;
        one.resolve(values[index] as V);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      underWay.delete(batch);
      schedule();
    }
  };

  const look = () => {
    const now = performance.now();
    for (const one of [waiting, ...underWay].flat()) {
      if (one.isSettled || one.until > now) continue;
      one.isSettled = true;
      one.reject(options.late?.());
    }
    waiting = waiting.filter(({ isSettled }) => !isSettled);
    if (waiting.length > 0 || underWay.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  return (key) =>
    new Promise<V>((resolve, reject) => {
      const patience_ms = options.patience_ms?.(key) ?? Infinity;
      waiting.push({
        key,
        until: performance.now() + patience_ms,
        isSettled: false,
        resolve,
        reject,
      });
      if (patience_ms < Infinity) timer ??= setInterval(look, look_ms);
      schedule();
    });
}

interface Waiting<K, V> {
  readonly key: K;
  resolve(value: V): void;
  reject(reason: unknown): void;
}

/**
 * Gathers single look-ups into batches: what is asked in one turn of the event loop, and while `parallel` batches
 * are under way, travels together.
 * @param fetch answers a batch, one value per key, in order
 */
export function createBatcher<K, V>(
  fetch: (keys: readonly K[]) => Promise<readonly V[]>,
  options: { limit: number; parallel: number },
): (key: K) => Promise<V> {
  let waiting: Waiting<K, V>[] = [];
  let running = 0;
  let scheduled = false;

  const schedule = () => {
    if (scheduled || waiting.length === 0 || running >= options.parallel) return;
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

  const run = async (batch: readonly Waiting<K, V>[]) => {
    running += 1;
    try {
      const values = await fetch(batch.map(({ key }) => key));
      batch.forEach(({ resolve }, index) => resolve(values[index] as V));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      running -= 1;
      schedule();
    }
  };

  return (key) =>
    new Promise<V>((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      schedule();
    });
}

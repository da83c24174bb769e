import { isPassing } from '@platform/persistence';
import { gauges } from '@platform/telemetry';
import { createLoop, type Loop } from '../loop.js';
import type { Leases } from '../lease/leases.js';
import { collect, type CollectionOptions } from './collection.js';

const leaseName = 'collector';

export interface CollectorOptions extends CollectionOptions {
  readonly leases: Leases;
  readonly poll_ms: number;
}

/** Copies the journals into the log, again and again, while no other replica does. */
export function createCollector({ leases, poll_ms, ...options }: CollectorOptions): Loop {
  let collected = performance.now();
  const loop = createLoop(async () => {
    try {
      if (!leases.has(leaseName) && !(await leases.take(leaseName))) {
        collected = performance.now();
        return 1_000;
      }
      const logged = await collect(options);
      collected = performance.now();
      return logged > 0 ? 0 : poll_ms;
    } catch (error) {
      // An unavailable database or service is logged elsewhere, and the next attempt is soon.
      if (!isPassing(error)) options.log.warn({ err: error }, 'the journals cannot be logged');
      return Math.max(poll_ms, 500);
    }
  });
  const watch = gauges.eventsCollected.watch((set) => set((performance.now() - collected) / 1_000));
  return {
    wake: () => loop.wake(),
    async close() {
      watch.close();
      await loop.close();
    },
  };
}

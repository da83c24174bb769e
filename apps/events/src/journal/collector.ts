import { isPassing } from '@platform/persistence';
import type { Logger } from '@platform/runtime';
import { gauges } from '@platform/telemetry';
import { createLoop, type Loop } from '../loop.js';
import type { Leases } from '../lease/leases.js';
import { collect, type CollectionOptions } from './collection.js';

const leaseName = 'collector';

/** The same journal is complained about once in this time. */
const quiet_ms = 60_000;
/** Until then the other services may still be starting. */
const starting_ms = 15_000;

export interface CollectorOptions extends Omit<CollectionOptions, 'complain'> {
  readonly log: Logger;
  readonly leases: Leases;
  readonly poll_ms: number;
}

/** Copies the journals into the log, again and again, while no other replica does. */
export function createCollector({ leases, poll_ms, log, ...options }: CollectorOptions): Loop {
  const begun = performance.now();
  const complained = new Map<string, number>();
  const complain = (journal: string, error: unknown): void => {
    const now = performance.now();
    if (now - begun < starting_ms || now - (complained.get(journal) ?? -Infinity) < quiet_ms) return;
    complained.set(journal, now);
    log.warn({ err: error, journal }, 'a journal cannot be read, and will be later');
  };
  let collected = performance.now();
  const loop = createLoop(async () => {
    try {
      if (!leases.has(leaseName) && !(await leases.take(leaseName))) {
        collected = performance.now();
        return 1_000;
      }
      const logged = await collect({ ...options, complain });
      collected = performance.now();
      return logged > 0 ? 0 : poll_ms;
    } catch (error) {
      // An unavailable database or service is logged elsewhere, and the next attempt is soon.
      if (!isPassing(error)) complain('customers', error);
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

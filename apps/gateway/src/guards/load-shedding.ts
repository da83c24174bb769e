import type { EventEmitter } from 'node:events';
import { performance } from 'node:perf_hooks';
import { gauges, metrics } from '@platform/telemetry';

/** Up to which load (1 = the limit) a request of each kind is accepted: the least urgent kinds are refused first. */
const shares = { list: 0.7, call: 0.9, login: 1, health: Infinity } as const;

export type Urgency = keyof typeof shares;

export interface LoadShedding {
  /**
   * Does the work of a request, unless so much is running that the response would be too late. The request counts as
   * running until its work or its response has ended: Connect does not report when it has written a response.
   * @param urgencyOf called only when it matters
   * @returns false when it is refused
   */
  run(urgencyOf: () => Urgency, response: Pick<EventEmitter, 'once'>, work: () => Promise<void>): boolean;
  close(): void;
}

export interface LoadSheddingOptions {
  /** The most requests at once. */
  readonly max_in_flight: number;
  /** The highest delay of the event loop. */
  readonly max_delay_ms: number;
}

const sample_ms = 20;
/** Weight of the last sample: one pause, such as a garbage collection, is no overload. */
const weight = 0.25;
/** With fewer running requests than this part of the limit, they are not the reason why the event loop is late. */
const blamed = 1 / 16;

export function createLoadShedding({ max_in_flight, max_delay_ms }: LoadSheddingOptions): LoadShedding {
  let running = 0;
  let delay_ms = 0;
  let at = performance.now();
  const sampling = setInterval(() => {
    const now = performance.now();
    delay_ms += (Math.max(0, now - at - sample_ms) - delay_ms) * weight;
    at = now;
  }, sample_ms).unref();
  const watch = gauges.httpInFlight.watch((set) => set(running));
  const load = (): number => {
    const part = running / max_in_flight;
    return part < blamed ? part : Math.max(part, delay_ms / max_delay_ms);
  };
  return {
    run(urgencyOf, response, work) {
      const present = load();
      if (present >= shares.list && present >= shares[urgencyOf()]) {
        metrics.httpShed.record(1, urgencyOf());
        return false;
      }
      running += 1;
      let ended = false;
      const end = (): void => {
        if (!ended) running -= 1;
        ended = true;
      };
      response.once('close', end);
      void work().finally(end);
      return true;
    },
    close() {
      clearInterval(sampling);
      watch.close();
    },
  };
}

import type { EventEmitter } from 'node:events';
import { performance } from 'node:perf_hooks';

/** The part of its limits that may be in use when another request of a kind is still taken: what is least urgent is refused first. */
const shares = { list: 0.7, call: 0.9, login: 1, health: Infinity } as const;

export type Urgency = keyof typeof shares;

export interface LoadShedding {
  /**
   * Does the work of a request, unless so much runs already that it would only be late.
   * It runs until the work or the answer has ended: Connect's writing of an answer is never told of as done.
   * @param urgencyOf asked only when it matters
   * @returns false when it is refused
   */
  run(urgencyOf: () => Urgency, response: Pick<EventEmitter, 'once'>, work: () => Promise<void>): boolean;
  close(): void;
}

export interface LoadSheddingOptions {
  /** Requests at once. */
  readonly max_in_flight: number;
  /** How late the event loop may be. */
  readonly max_delay_ms: number;
}

const sample_ms = 20;
/** How much the last sample counts: one pause, such as a garbage collection, is no overload. */
const weight = 0.25;
/** Below this part of the requests it is not they who make the event loop late. */
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
  const load = (): number => {
    const part = running / max_in_flight;
    return part < blamed ? part : Math.max(part, delay_ms / max_delay_ms);
  };
  return {
    run(urgencyOf, response, work) {
      const present = load();
      if (present >= shares.list && present >= shares[urgencyOf()]) return false;
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
    close: () => clearInterval(sampling),
  };
}

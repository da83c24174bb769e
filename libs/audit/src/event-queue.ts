import type { AuditEvent } from '@platform/messages';
import type { Clock, Logger } from '@platform/runtime';

export interface EventQueueOptions {
  /** Stores events. An event that is already stored is left unchanged, so a batch may be sent again. */
  readonly store: (events: readonly AuditEvent[]) => Promise<void>;
  readonly log: Logger;
  readonly clock: Clock;
  /** The most events that may wait; events beyond that are counted as lost. */
  readonly limit?: number;
  /** How long events are gathered. Milliseconds. */
  readonly gather_ms?: number;
  /** How long a closing queue keeps trying. Milliseconds. */
  readonly close_ms?: number;
}

export interface EventQueue {
  /** Accepts the event; never waits and never fails. */
  push(event: AuditEvent): void;
  /** Stores the waiting events, and logs how many could not be stored. */
  close(): Promise<void>;
}

const batchSize = 500;
const longestPause_ms = 5_000;
/** The least time between two log lines about lost events. */
const told_ms = 1_000;

/** Gathers events into batches, and keeps them until they are stored. */
export function createEventQueue({
  store,
  log,
  clock,
  limit = 10_000,
  gather_ms = 100,
  close_ms = 3_000,
}: EventQueueOptions): EventQueue {
  let waiting: AuditEvent[] = [];
  let lost = 0;
  let toldAt = -Infinity;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const tellLost = (now = clock()) => {
    if (lost === 0 || now - toldAt < told_ms) return;
    log.error({ lost, waiting: waiting.length }, 'audit events were lost: more came than could be stored');
    lost = 0;
    toldAt = now;
  };
  const storeSome = async () => {
    const batch = waiting.slice(0, batchSize);
    try {
      await store(batch);
      waiting = waiting.slice(batch.length);
      failures = 0;
    } catch (error) {
      failures += 1;
      log.warn({ err: error, waiting: waiting.length, attempts: failures }, 'audit events cannot be stored, and wait');
    }
    tellLost();
  };
  const schedule = (pause_ms: number) => {
    timer ??= setTimeout(() => {
      timer = undefined;
      running = storeSome().finally(() => {
        running = undefined;
        if (waiting.length > 0)
          schedule(failures === 0 ? 0 : Math.min(longestPause_ms, gather_ms * 2 ** Math.min(failures, 10)));
      });
    }, pause_ms);
  };

  return {
    push(event) {
      if (waiting.length >= limit) {
        lost += 1;
        tellLost();
        return;
      }
      waiting.push(event);
      if (running === undefined) schedule(gather_ms);
    },
    async close() {
      const until = performance.now() + close_ms;
      await running;
      clearTimeout(timer);
      while (waiting.length > 0 && performance.now() < until) {
        await storeSome();
        if (failures > 0) await new Promise((resolve) => setTimeout(resolve, gather_ms));
      }
      lost += waiting.length;
      tellLost(Infinity);
    },
  };
}

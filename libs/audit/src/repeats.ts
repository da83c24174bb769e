import type { AuditEvent } from '@platform/messages';
import type { Clock } from '@platform/runtime';

export interface RepeatsOptions {
  readonly emit: (event: AuditEvent) => void;
  readonly clock: Clock;
  /** How long equal events are counted together. Milliseconds. */
  readonly window_ms?: number;
  /** Different events that are counted at a time; events beyond that pass one by one. */
  readonly limit?: number;
}

/**
 * Passes the first of equal events on at once; those that follow within the window become one event with their count.
 */
export interface Repeats {
  take(event: AuditEvent): void;
  /** Passes on the events whose window has ended. */
  sweep(): void;
  /** Passes on all waiting events. */
  flush(): void;
}

interface Counted {
  readonly until: number;
  count: number;
  last: AuditEvent;
}

export function createRepeats({ emit, clock, window_ms = 10_000, limit = 10_000 }: RepeatsOptions): Repeats {
  // All windows have the same length, so the first to begin is the first to end.
  const windows = new Map<string, Counted>();
  const end = (key: string, { count, last }: Counted) => {
    windows.delete(key);
    if (count > 0) emit({ ...last, count });
  };
  const sweep = () => {
    const now = clock();
    for (const [key, counted] of windows) {
      if (now < counted.until) return;
      end(key, counted);
    }
  };
  return {
    take(event) {
      sweep();
      const key = keyOf(event);
      const known = windows.get(key);
      if (known !== undefined) {
        known.count += 1;
        known.last = event;
        return;
      }
      if (windows.size < limit) windows.set(key, { until: clock() + window_ms, count: 0, last: event });
      emit(event);
    },
    sweep,
    flush: () => windows.forEach((counted, key) => end(key, counted)),
  };
}

function keyOf({ kind, operation_id, user_id, consumer_id, bank_id, subject, role, result }: AuditEvent): string {
  return [kind, operation_id, user_id, consumer_id, bank_id, subject, role, result].join('\0');
}

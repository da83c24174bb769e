import type { AuditEvent } from '@platform/messages';
import type { Clock } from '@platform/runtime';

export interface RepeatsOptions {
  readonly emit: (event: AuditEvent) => void;
  readonly clock: Clock;
  /** How long what is the same is counted together. Milliseconds. */
  readonly window_ms?: number;
  /** Kinds of events counted at a time; what comes beyond goes through one by one. */
  readonly limit?: number;
}

/** Lets the first of equal events through at once, and those that follow within the window as one with their count. */
export interface Repeats {
  take(event: AuditEvent): void;
  /** Lets through what has waited long enough. */
  sweep(): void;
  /** Lets everything through. */
  flush(): void;
}

interface Counted {
  readonly until: number;
  count: number;
  last: AuditEvent;
}

export function createRepeats({ emit, clock, window_ms = 10_000, limit = 10_000 }: RepeatsOptions): Repeats {
  // All windows are equally long: the first to begin is the first to end.
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

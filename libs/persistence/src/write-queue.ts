import { fail, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Scope } from '@platform/telemetry';
import type { Insertion } from './insertion.js';

/** The outcome for a row: it is stored; another row has its place in the unique index; its parent does not exist. */
export type Outcome = 'stored' | 'taken' | 'orphan';

/** A row whose caller waits. */
export interface Waiting {
  readonly insertion: Insertion<never>;
  /** Rows with the same line may share a statement; they have the same insertion. */
  readonly line: string;
  readonly values: readonly unknown[];
  /** When it was added, as `performance.now()`. */
  readonly since_ms: number;
  /** Whether its caller has gone. */
  readonly isAborted: () => boolean;
  /** The traced request that the row belongs to. */
  readonly scope: Scope | undefined;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (reason: unknown) => void;
}

export interface QueueLimits {
  /** The most rows in one statement. */
  readonly batch: number;
  /** The most rows that wait; one more is refused. */
  readonly waiting: number;
  /** How long a row may wait before it is refused. Milliseconds. */
  readonly patience_ms: number;
}

/** Rows that wait for a connection. */
export interface WriteQueue {
  /** @throws ObpFailure OBP-10018 when the queue is full */
  add(row: Waiting): void;
  /** The rows for the next statement, those that have waited longest; none when no row waits. */
  take(): readonly Waiting[];
  /** Puts rows back. Each then gets a statement of its own, before all other rows. */
  putBack(rows: readonly Waiting[]): void;
  refuseAll(reason: unknown): void;
  /** Rows that wait. */
  readonly size: number;
}

/** Keeps rows in lines, which take turns. */
export function createWriteQueue({ batch, waiting, patience_ms }: QueueLimits): WriteQueue {
  const alone: Waiting[] = [];
  const lines = new Map<string, Waiting[]>();
  let count = 0;
  let timer: NodeJS.Timeout | undefined;

  const all = (): Waiting[][] => [alone, ...lines.values()];
  const leave = (line: Waiting[], rows: number): Waiting[] => {
    const left = line.splice(0, rows);
    count -= left.length;
    return left;
  };
  const next = (): Waiting[] => {
    if (alone.length > 0) return leave(alone, 1);
    for (const [name, line] of lines) {
      const left = leave(line, batch);
      lines.delete(name);
      if (line.length > 0) lines.set(name, line);
      return left;
    }
    return [];
  };

  const refuseLate = (now: number): void => {
    for (const line of all()) {
      const early = line.findIndex(({ since_ms }) => now - since_ms < patience_ms);
      for (const row of leave(line, early < 0 ? line.length : early))
        row.reject(new ObpFailure(Failure.FAILURE_TOO_BUSY));
    }
  };
  /** One timer, for the row that has waited longest; usually all rows have left by then. */
  const watch = (): void => {
    const oldest = Math.min(...all().flatMap(([first]) => first?.since_ms ?? []));
    timer = setTimeout(
      () => {
        refuseLate(performance.now());
        timer = undefined;
        if (count > 0) watch();
      },
      Math.max(1, oldest + patience_ms - performance.now()),
    ).unref();
  };

  return {
    add(row) {
      if (count >= waiting) fail(Failure.FAILURE_TOO_BUSY);
      const line = lines.get(row.line);
      if (line === undefined) lines.set(row.line, [row]);
      else line.push(row);
      count += 1;
      if (timer === undefined) watch();
    },
    take() {
      while (count > 0) {
        const wanted: Waiting[] = [];
        for (const row of next()) {
          if (row.isAborted()) row.reject(new ObpFailure(Failure.FAILURE_REQUEST_TIMEOUT));
          else wanted.push(row);
        }
        if (wanted.length > 0) return wanted;
      }
      return [];
    },
    putBack(rows) {
      alone.push(...rows);
      count += rows.length;
      clearTimeout(timer);
      watch();
    },
    refuseAll(reason) {
      for (const line of all()) for (const row of leave(line, line.length)) row.reject(reason);
    },
    get size() {
      return count;
    },
  };
}

import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import { joined, metrics, type Scope } from '@platform/telemetry';
import { DatabaseError } from 'pg';
import { connectionOf, isConnectTimeout, isSilence, queueTimeout_ms } from './connection.js';
import { codeOf } from './database.js';
import type { Insertion, Refused } from './insertion.js';
import { createLane, isStale, laneOptions, type Lane, type Traits } from './lane.js';
import { type ConnectionUse, observe } from './observed.js';
import type { Statement } from './reader.js';
import { limited } from './session.js';
import { tellSilence, whenSilent } from './silence.js';
import { queryCanceled, refuseKnown, settled } from './transaction.js';
import { isUnavailable } from './unavailable.js';
import { createWriteQueue, type Outcome, type Waiting } from './write-queue.js';

/** Inserts rows. Rows that wait at the same time share a statement, and so a commit. */
export interface Writer {
  /**
   * @param signal the caller's: a row that still waits when the caller has gone is not stored
   * @returns the outcome for the row, after its commit
   * @throws ObpFailure OBP-01000 when the database does not answer or takes too long; the row may then be stored all
   * the same. OBP-10018 when too many rows wait, or the row waited too long. OBP-10001 when the table cannot hold the
   * row
   */
  insert<Row>(insertion: Insertion<Row>, row: Row, signal?: () => AbortSignal): Promise<Outcome>;
  /** The same writer for rows that are part of the scope. */
  in(scope: Scope): Writer;
  connections(): readonly ConnectionUse[];
  /** Waits for all rows. */
  close(): Promise<void>;
}

export interface WriterOptions extends Traits {
  /** The most statements that run at the same time, each on its own connection. */
  readonly connections?: number;
  /** The most rows that may wait. */
  readonly waiting?: number;
}

/** A larger batch makes rows no cheaper, but other rows wait longer. */
const batch = 128;
const maxWaiting = 10_000;

/** A lane, and the number of silences before it was opened. */
interface Place {
  readonly lane: Lane;
  readonly silences: number;
}

/**
 * Opens the inserting side of a service's database. In distributed tables a statement has rows of one bank only: so it
 * runs on one node, where it can lock the rows' parents.
 */
export function createWriter(
  url: string,
  { connections = 2, waiting = maxWaiting, prepares = true, distributed = false }: WriterOptions = {},
): Writer {
  const config = limited(connectionOf(url), laneOptions({ distributed }));
  const queue = createWriteQueue({ batch, waiting, patience_ms: queueTimeout_ms });
  let silences = 0;
  const open = (): Place[] => Array.from({ length: connections }, () => ({ lane: createLane(config), silences }));
  const free = open();
  const running = new Set<Promise<void>>();
  let scheduled = false;
  let closed = false;

  /** Rows of one turn of the event loop share a statement, even if a connection is free. */
  const schedule = (): void => {
    if (scheduled || free.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      begin();
    });
  };
  const begin = (): void => {
    while (free.length > 0) {
      const rows = queue.take();
      if (rows.length === 0) return;
      const run = write(rows, free.pop() as Place).finally(() => running.delete(run));
      running.add(run);
    }
  };
  const write = async (rows: readonly Waiting[], place: Place): Promise<void> => {
    try {
      metrics.batchSize.record(rows.length, 'inserted rows');
      const { insertion } = rows[0] as Waiting;
      const scope = joined(rows.map((row) => row.scope));
      tell(rows, await observe('inserts', insertion, scope, () => settled(() => insertAll(place.lane, rows))));
    } catch (error) {
      fall(rows, error, place);
    }
    if (place.silences === silences) free.push(place);
    else place.lane.destroy();
    begin();
  };
  const insertAll = async (lane: Lane, rows: readonly Waiting[]): Promise<Refused[]> => {
    const { values, insertion } = rows[0] as Waiting;
    if (!distributed || rows.length > 1 || insertion.one === undefined)
      return run<Refused>(lane, insertion, columnsOf(rows));
    const stored = await run(lane, insertion.one, values);
    return stored.length === 1 ? [] : [{ position: 1, has_parent: true }];
  };
  const run = async <Row>(lane: Lane, { name, text }: Statement, given: readonly unknown[]): Promise<Row[]> => {
    const values = [...given];
    try {
      return await lane.run<Row>(prepares ? { name, text, values } : { text, values });
    } catch (error) {
      // The statement did not run, so it may be repeated: without a name it does not depend on any prepared statement.
      if (!isStale(error)) throw error;
      return lane.run<Row>({ text, values });
    }
  };
  const fall = (rows: readonly Waiting[], error: unknown, place: Place): void => {
    if (rows.length > 1 && isOfRow(error)) return queue.putBack(rows);
    const reason = failureOf(error);
    for (const { reject } of rows) reject(reason);
    // The waiting rows would fail in the same way.
    if (isConnectTimeout(error)) queue.refuseAll(reason);
    if (isSilence(error) && place.silences === silences) tellSilence(url);
  };
  /** Statements on the old connections may still be running; new rows do not wait for them. */
  const unwatch = whenSilent(url, () => {
    silences += 1;
    for (const { lane } of free.splice(0)) lane.destroy();
    free.push(...open());
    begin();
  });

  const writerIn = (scope: Scope | undefined): Writer => ({
    async insert(insertion, row, signal) {
      if (closed) fail(Failure.FAILURE_REQUEST_TIMEOUT);
      const values = insertion.valuesOf(row);
      return new Promise<Outcome>((resolve, reject) => {
        queue.add({
          insertion,
          line: distributed ? `${insertion.name} ${String(values[insertion.bankAt])}` : insertion.name,
          values,
          since_ms: performance.now(),
          scope,
          isAborted: () => signal?.().aborted === true,
          resolve,
          reject,
        });
        schedule();
      });
    },
    in: writerIn,
    connections: () => [{ use: 'inserts', used: connections - free.length, limit: connections, waiting: queue.size }],
    async close() {
      closed = true;
      begin();
      while (running.size > 0) await Promise.all(running);
      unwatch();
      await Promise.all(free.map(({ lane }) => lane.close()));
    },
  });
  return writerIn(undefined);
}

function columnsOf(rows: readonly Waiting[]): unknown[][] {
  const columns = (rows[0] as Waiting).values.length;
  return Array.from({ length: columns }, (_, column) => rows.map(({ values }) => values[column]));
}

function tell(rows: readonly Waiting[], refused: readonly Refused[]): void {
  const outcomes = new Map(
    refused.map(({ position, has_parent }) => [position, has_parent ? 'taken' : 'orphan'] as const),
  );
  rows.forEach(({ resolve }, index) => resolve(outcomes.get(index + 1) ?? 'stored'));
}

/**
 * Whether the server refused a statement, so that nothing was stored, and one of its rows may be the cause. Not when it
 * took too long: then the single rows would take too long as well.
 */
function isOfRow(error: unknown): boolean {
  return error instanceof DatabaseError && !isUnavailable(error) && codeOf(error) !== queryCanceled;
}

function failureOf(error: unknown): unknown {
  try {
    refuseKnown(error);
    return error;
  } catch (failure) {
    return failure;
  }
}

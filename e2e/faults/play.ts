import { expect } from '@jest/globals';
import { eventually, patient } from '@platform/testing';
import { type Client, type Results, startLoad, type Load } from '../processes/load.js';
import { sql } from '../processes/sql.js';
import { type Cluster, pause } from './cluster.js';
import { type Measure, missed, quantile, record, type Row, sumOf } from './table.js';

/** The most that a fault may cost. */
export interface Goal {
  /** Per cent of the requests. */
  readonly failed: number;
  /** Milliseconds without a success. */
  readonly gap_ms: number;
}

export interface Play {
  /** Its name on the command line. */
  readonly play: string;
  /** Describes the fault. */
  readonly fault: string;
  readonly goal: Goal;
  /** Concurrent clients; 8 by default. */
  readonly concurrency?: number;
  /** The clients that send the requests; by default each gateway in turn. */
  readonly clients?: readonly Client[];
}

/**
 * A shorter version, for when all plays together should take 2 to 3 minutes. On a busy machine a pause may be longer,
 * and a kill hits a larger part of fewer requests.
 */
export const short = process.env['FAULTS_SHORT'] === 'true';

/**
 * Causes a fault under load, waits until the platform has recovered, checks that acknowledged writes are stored, and
 * adds a row to the table.
 * @param work causes the fault; it may measure more
 */
export async function perform(
  cluster: Cluster,
  { play, fault, goal, concurrency = 8, clients = cluster.sessions }: Play,
  work: (load: Load) => Promise<readonly Measure[] | void>,
): Promise<void> {
  const load = startLoad(clients, concurrency, 10);
  let more: readonly Measure[] = [];
  let results: Results;
  try {
    await pause(1_000);
    more = (await work(load)) ?? [];
    await eventually(30_000, 'everything to be well again', () => isWell(cluster));
    await pause(500);
  } finally {
    results = await load.stop();
  }
  const failed = reasonsOf(results);
  const measures: Measure[] = [
    {
      what: 'failed',
      value: (100 * sumOf(failed)) / results.requests,
      unit: '%',
      most: short && goal.failed > 0 ? Math.max(goal.failed, 5) : goal.failed,
    },
    { what: 'longest pause', value: results.gap_ms, unit: 'ms', most: short ? patient(goal.gap_ms) : goal.gap_ms },
    ...more,
  ];
  settle({
    play,
    fault,
    requests: results.requests,
    failed,
    acknowledged: results.created.length,
    lost: await countLost(cluster, results),
    times: results.times,
    measures,
  });
}

/** Records a row, and fails when it misses a goal. */
export function settle(row: Row): void {
  record(row);
  expect(missed(row)).toEqual([]);
}

async function isWell({ sessions }: Cluster): Promise<boolean> {
  const statuses = await Promise.all(
    sessions.map((session) =>
      session.create().then(
        ({ status }) => status,
        () => 0,
      ),
    ),
  );
  return statuses.every((status) => status === 201);
}

async function countLost(cluster: Cluster, { created }: Results): Promise<number> {
  const stored = new Set(
    (await sql<{ customer_id: string }>(cluster.url('customers'), 'select customer_id from customer')).map(
      ({ customer_id }) => customer_id,
    ),
  );
  return created.filter((customer_id) => !stored.has(customer_id)).length;
}

/** The number of failures of each kind. */
function reasonsOf({ refused, broken }: Results): Map<string, number> {
  const reasons = new Map<string, number>();
  for (const { status, body } of refused) count(reasons, `${status} ${String(body['message']).slice(0, 9)}`);
  for (const error of broken) count(reasons, (error as NodeJS.ErrnoException).code ?? error.message.slice(0, 60));
  return reasons;
}

const count = (counts: Map<string, number>, what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

/** How many times slower the second span of a load was, as the ratio of the medians. */
export const slowdown = (before: readonly number[], during: readonly number[]): number =>
  quantile(during, 0.5) / quantile(before, 0.5);

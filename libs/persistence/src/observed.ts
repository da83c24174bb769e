import type { MikroORM } from '@mikro-orm/postgresql';
import { metrics, type Scope, startSpan } from '@platform/telemetry';
import type { Client } from 'pg';
import { codeOf } from './database.js';

/** What connections are for: short reads, longer ones, inserts, commands. */
export type Use = 'reads' | 'pages' | 'inserts' | 'commands';

/** The connections of one use, now. */
export interface ConnectionUse {
  readonly use: Use;
  readonly used: number;
  readonly limit: number;
  /** Callers without a connection; for short reads, which share connections, those on one. */
  readonly waiting: number;
}

/** A statement. It is shown by its name or its summary, because its text may contain personal data. */
export interface Observed {
  readonly name?: string;
  readonly text: string;
}

/** Measures a statement, and traces it in the scope. */
export function observe<T>(
  use: Use,
  { name, text }: Observed,
  scope: Scope | undefined,
  run: () => Promise<T>,
): Promise<T> {
  const tracing = scope === undefined ? run : () => traced(scope, name ?? summaryOf(text), run);
  return metrics.statementDuration.isOn ? measured(use, tracing) : tracing();
}

async function measured<T>(use: Use, run: () => Promise<T>): Promise<T> {
  const since = performance.now();
  try {
    return await run();
  } finally {
    measure(use, since);
  }
}

function measure(use: Use, since: number): void {
  metrics.statementDuration.record((performance.now() - since) / 1_000, use);
}

/** Traces a statement, by its name. */
export async function traced<T>(scope: Scope | undefined, name: string, run: () => Promise<T>): Promise<T> {
  const span = startSpan(scope, name, 'client', () => ({ 'db.system.name': 'postgresql', 'db.query.summary': name }));
  try {
    const result = await run();
    span?.end();
    return result;
  } catch (error) {
    span?.end({ error: codeOf(error) ?? 'error' });
    throw error;
  }
}

type Callback = (...answer: unknown[]) => void;

/** Measures the statements of one of the ORM's connections. */
export function observeCommands(client: Client): void {
  const query = client.query.bind(client) as (config: unknown, callback: Callback) => unknown;
  const observed = (config: unknown, callback: Callback) => {
    if (!metrics.statementDuration.isOn) return query(config, callback);
    const since = performance.now();
    return query(config, (...answer) => {
      measure('commands', since);
      callback(...answer);
    });
  };
  client.query = observed as never;
}

/**
 * "insert customer": what a statement does, and to which table. The ORM writes values into the text, so nothing after
 * the first quotation mark is read.
 */
export function summaryOf(text: string): string {
  const start = (text.split("'", 1)[0] ?? '').trim();
  const [verb = ''] = /^[a-z]+/i.exec(start) ?? [];
  const table = /\b(?:from|into|update)\s+"?(\w+)/i.exec(start)?.[1];
  return table === undefined ? verb.toLowerCase() : `${verb.toLowerCase()} ${table}`;
}

interface Pool {
  readonly max: number;
  numUsed(): number;
  numPendingAcquires(): number;
}

/** The ORM's connections, now. */
export function commandConnections(orm: MikroORM): ConnectionUse {
  const { pool } = orm.em.getConnection().getKnex().client as { readonly pool: Pool };
  return { use: 'commands', used: pool.numUsed(), limit: pool.max, waiting: pool.numPendingAcquires() };
}

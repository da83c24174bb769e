import type { MikroORM } from '@mikro-orm/postgresql';
import { activeScope, isObserved, metrics, type Scope, startSpan } from '@platform/telemetry';
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

/** A statement, by its name; its text may contain personal data, so it is never shown. */
export interface Observed {
  readonly use: Use;
  readonly name: string;
}

/** Measures a statement, and traces it if its request is traced. */
export async function observe<T>(
  { use, name }: Observed,
  run: () => Promise<T>,
  scope: Scope | undefined = activeScope(),
): Promise<T> {
  if (!isObserved()) return run();
  const ended = begin(use, () => name, scope);
  try {
    const result = await run();
    ended();
    return result;
  } catch (error) {
    ended(error);
    throw error;
  }
}

function begin(use: Use, nameOf: () => string, scope: Scope | undefined): (error?: unknown) => void {
  const since = performance.now();
  const span =
    scope === undefined
      ? undefined
      : startSpan(nameOf(), 'client', () => ({ 'db.system.name': 'postgresql', 'db.query.summary': nameOf() }), scope);
  return (error) => {
    metrics.statementDuration.record((performance.now() - since) / 1_000, use);
    span?.end(error === undefined ? {} : { error: codeOf(error) ?? 'error' });
  };
}

type Callback = (error: unknown, ...rest: unknown[]) => void;

/** Measures the statements of one of the ORM's connections. */
export function observeCommands(client: Client): void {
  const query = client.query.bind(client) as (config: unknown, callback: Callback) => unknown;
  const observed = (config: unknown, callback: Callback) => {
    if (!isObserved()) return query(config, callback);
    const text = typeof config === 'string' ? config : (config as { readonly text: string }).text;
    const ended = begin('commands', () => summaryOf(text), activeScope());
    return query(config, (error, ...rest) => {
      ended(error ?? undefined);
      callback(error, ...rest);
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

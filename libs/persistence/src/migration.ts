import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationObject, MikroORM } from '@mikro-orm/postgresql';
import type { Logger } from '@platform/runtime';
import { Client } from 'pg';
import { close, type Connection } from './connection.js';
import { limited, storeSettings, withoutLimits } from './session.js';
import { transact } from './transaction.js';

/** An arbitrary fixed number: with this lock, replicas that start together migrate one after the other. */
const migrationLock = 7_232_117;
const retry_ms = 200;
const retriesPerLine = 25;

/** One migration of a database. */
export interface MigrationStep {
  readonly name: string;
  /** Called only when a migration is missing. */
  load(): Promise<MigrationObject['class']>;
}

export interface MigrationOptions {
  readonly connection: Connection;
  /** In the order of their application. */
  readonly migrations: readonly MigrationStep[];
  /** @returns an ORM for migrations: its statements have no time limit, and it has two connections */
  readonly openMigrating: () => Promise<MikroORM>;
  readonly log?: Pick<Logger, 'info'>;
}

/** Brings a database up to date: its tables, and the settings of its sessions. One process at a time. */
export async function migrate({ connection, migrations, openMigrating, log }: MigrationOptions): Promise<void> {
  // All statements of this connection are short, so a time limit detects a silent server.
  const client = new Client(limited(connection));
  client.on('error', () => undefined);
  await client.connect();
  try {
    await lock(client, log);
    await storeSettings(client);
    if (await isBehind(client, migrations)) await runMigrations(openMigrating);
    await client.query('commit');
  } finally {
    await close(client);
  }
}

/**
 * Begins a transaction that holds the lock. It is a transaction's lock, because behind a pooler a session's lock would
 * stay in the session for its next user. The lock is polled, because a statement that waits in the server could not
 * distinguish another process's long migration from a silent server.
 */
async function lock(client: Client, log?: Pick<Logger, 'info'>): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    await client.query(`begin; ${withoutLimits}`);
    const {
      rows: [answer],
    } = await client.query<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [migrationLock]);
    if (answer?.mine === true) return;
    await client.query('rollback');
    if (attempt % retriesPerLine === 0) log?.info('waiting for another process that migrates the database');
    await sleep(retry_ms);
  }
}

/** Whether a migration is missing. Does not use the migrator, which is slow to load. */
async function isBehind(client: Client, migrations: readonly MigrationStep[]): Promise<boolean> {
  const {
    rows: [table],
  } = await client.query<{ exists: boolean }>(`select to_regclass('public.migration') is not null as exists`);
  const { rows } =
    table?.exists === true ? await client.query<{ name: string }>('select name from public.migration') : { rows: [] };
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.some(({ name }) => !applied.has(name));
}

/**
 * Runs without limits, also those that the server sets for a session: an index on a large table takes longer than any
 * query may.
 */
async function runMigrations(openMigrating: () => Promise<MikroORM>): Promise<void> {
  const orm = await openMigrating();
  try {
    await transact(orm.em.fork(), async (em) => {
      await em.execute(withoutLimits);
      await orm.getMigrator().up({ transaction: em.getTransactionContext() as never });
    });
  } finally {
    await orm.close(true);
  }
}

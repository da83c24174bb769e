import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationObject, MikroORM } from '@mikro-orm/postgresql';
import type { Logger } from '@platform/runtime';
import { Client } from 'pg';
import { close, type Connection } from './connection.js';
import { limited, storeSettings, withoutLimits } from './session.js';
import { transact } from './transaction.js';

/** Any fixed number: replicas that start together migrate one after the other. */
const migrationLock = 7_232_117;
const retry_ms = 200;
const retriesPerLine = 25;

/** One change of a database. */
export interface MigrationStep {
  readonly name: string;
  /** Called where a change is missing. */
  load(): Promise<MigrationObject['class']>;
}

export interface MigrationOptions {
  readonly connection: Connection;
  /** In the order of their application. */
  readonly migrations: readonly MigrationStep[];
  /** @returns an ORM that migrates, whose statements may take as long as they take, with two connections */
  readonly openMigrating: () => Promise<MikroORM>;
  readonly log?: Pick<Logger, 'info'>;
}

/** Brings a database up to date: its tables, and the settings of its sessions. One process at a time. */
export async function migrate({ connection, migrations, openMigrating, log }: MigrationOptions): Promise<void> {
  // Each of its statements is short, so a silence is noticed.
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
 * Begins a transaction that holds the lock. In a transaction, because behind a pooler the lock of a session would stay in it, whoever has it next;
 * asked for again and again, because who waits in the server cannot tell another's long migration from a server gone silent.
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

/** Whether a migration is missing. Asked without the migrator, which takes long to load. */
async function isBehind(client: Client, migrations: readonly MigrationStep[]): Promise<boolean> {
  const {
    rows: [table],
  } = await client.query<{ exists: boolean }>(`select to_regclass('public.migration') is not null as exists`);
  const { rows } =
    table?.exists === true ? await client.query<{ name: string }>('select name from public.migration') : { rows: [] };
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.some(({ name }) => !applied.has(name));
}

/** An index on a large table takes longer than any query may, also where a session's limits come from the server. */
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

import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationObject, MikroORM } from '@mikro-orm/postgresql';
import type { Logger } from '@platform/runtime';
import { Client } from 'pg';
import { close, type Connection } from './connection.js';
import { codeOf } from './database.js';
import { migrationLockWait_ms } from './online-index.js';
import { limited, storeSettings, withoutLimits } from './session.js';
import { deadlock, lockNotAvailable, transact } from './transaction.js';

/** An arbitrary fixed number: with this lock, replicas that start together migrate one after the other. */
const migrationLock = 7_232_117;
const retry_ms = 200;
const retriesPerLine = 25;
/** Longer than a statement waits for a lock, so that others pass in between. */
const lockPause_ms = 1_000;

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
export async function migrate(options: MigrationOptions): Promise<void> {
  const { connection, log } = options;
  // All statements of this connection are short, so a time limit detects a silent server.
  const client = new Client(limited(connection));
  client.on('error', () => undefined);
  await client.connect();
  try {
    await lock(client, log);
    await storeSettings(client);
    const wanted = await missing(client, options.migrations);
    if (wanted.length > 0) await runMigrations(options, wanted);
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

/** The missing migrations. Does not use the migrator, which is slow to load. */
async function missing(client: Client, migrations: readonly MigrationStep[]): Promise<readonly MigrationStep[]> {
  const {
    rows: [table],
  } = await client.query<{ exists: boolean }>(`select to_regclass('public.migration') is not null as exists`);
  const { rows } =
    table?.exists === true ? await client.query<{ name: string }>('select name from public.migration') : { rows: [] };
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.filter(({ name }) => !applied.has(name));
}

/**
 * Runs each migration in its own transaction, so that its locks end with it. A migration that is not transactional
 * commits each of its statements.
 */
async function runMigrations(
  { openMigrating, log }: MigrationOptions,
  wanted: readonly MigrationStep[],
): Promise<void> {
  const orm = await openMigrating();
  try {
    for (const { name } of wanted) await whenLocksAreFree(name, () => runOne(orm, name), log);
  } finally {
    await orm.close(true);
  }
}

/**
 * Runs without limits, also those that the server sets for a session: an index on a large table takes longer than any
 * query may. Only the wait for a lock is limited.
 */
function runOne(orm: MikroORM, name: string): Promise<unknown> {
  return transact(orm.em.fork(), async (em) => {
    await em.execute(`${withoutLimits}; set local lock_timeout = ${migrationLockWait_ms}`);
    return orm.getMigrator().up({ migrations: [name], transaction: em.getTransactionContext() as never });
  });
}

/** A statement that waits for a lock makes all later ones on that table wait, so it gives up and tries again. */
async function whenLocksAreFree(name: string, run: () => Promise<unknown>, log?: Pick<Logger, 'info'>): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return void (await run());
    } catch (error) {
      const cause = codeOf(error) ?? codeOf((error as Error).cause);
      if (cause !== lockNotAvailable && cause !== deadlock) throw error;
    }
    if (attempt % retriesPerLine === 0) log?.info(`the migration ${name} waits for locks of other sessions`);
    await sleep(lockPause_ms);
  }
}

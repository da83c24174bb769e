import { type Configuration, type EntitySchema, MikroORM, type MigrationObject, type Options } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import { Client } from 'pg';
import { ensureDatabase } from './database.js';

export interface OrmOptions {
  /** postgresql://user:password@host:port/database */
  readonly url: string;
  // Entities of different classes in one list.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly entities: readonly EntitySchema<any>[];
  readonly migrations: readonly MigrationObject[];
  /** Connections for commands; every command passes with one. */
  readonly pool?: number;
}

/**
 * Limits of every database session: a query may not outlive its caller. Milliseconds. The lock limit exceeds the
 * server's deadlock_timeout of 1 s, or a deadlock would end as a lock timeout, which nobody repeats.
 */
export const sessionLimits = { statement_timeout: 4_000, lock_timeout: 1_500, idle_in_transaction_session_timeout: 5_000 } as const;

/**
 * What every session is opened with. Times are read as UTC text, whatever zone the server prefers. A random page costs
 * what it does on SSDs: with the default, made for disks, the planner sorts a whole bank instead of walking its index.
 */
export const sessionOptions = {
  ...sessionLimits,
  application_name: 'customer-platform',
  options: '-c TimeZone=UTC -c DateStyle=ISO -c random_page_cost=1.1',
} as const;

/** How long a command or a long read waits for a connection: less than any caller waits for its answer. Milliseconds. */
export const queueTimeout_ms = 3_000;

/** Opens the command side of a service's database: creates the database and runs its migrations when they are missing. */
export async function openOrm(options: OrmOptions): Promise<MikroORM> {
  await ensureDatabase(options.url);
  const orm = await MikroORM.init(configure(options));
  try {
    await migrate(orm, options);
    return orm;
  } catch (error) {
    await orm.close(true);
    throw error;
  }
}

function configure(options: OrmOptions): Options {
  return {
    clientUrl: options.url,
    entities: [...options.entities],
    extensions: [Migrator],
    migrations: { migrationsList: [...options.migrations], snapshot: false, allOrNothing: true, tableName: 'migration' },
    metadataCache: { enabled: false },
    discovery: { warnWhenNoEntities: false },
    forceUtcTimezone: true,
    pool: { min: 0, max: options.pool ?? 4, acquireTimeoutMillis: queueTimeout_ms },
    driverOptions: { connection: sessionOptions, log: unheard },
    allowGlobalContext: false,
    logger: () => undefined,
  } satisfies Partial<Configuration> | Options;
}

/** knex would print lost connections, with the statement and its values: whoever used one is told, and the log is ours. */
const unheard = { debug: () => undefined, warn: () => undefined, error: () => undefined, deprecate: () => undefined };

/** Any fixed number: replicas that start together migrate one after the other. */
const migrationLock = 7_232_117;

async function migrate(orm: MikroORM, options: OrmOptions): Promise<void> {
  const client = new Client({ connectionString: options.url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    if ((await orm.getMigrator().getPendingMigrations()).length > 0) await migrateUnlimited(options);
  } finally {
    await client.end();
  }
}

/** An index on a large table takes longer than any query may. */
async function migrateUnlimited(options: OrmOptions): Promise<void> {
  const unlimited = await MikroORM.init({ ...configure(options), driverOptions: { connection: { application_name: sessionOptions.application_name } } });
  try {
    await unlimited.getMigrator().up();
  } finally {
    await unlimited.close(true);
  }
}

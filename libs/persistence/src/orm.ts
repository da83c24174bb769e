import { type Configuration, type EntitySchema, MikroORM, type MigrationObject, type Options } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import { Client } from 'pg';
import { type Connection, connectionOf, createSilenceGuard, limited, queueTimeout_ms } from './connection.js';
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

/** Opens the command side of a service's database: creates the database and runs its migrations when they are missing. */
export async function openOrm(options: OrmOptions): Promise<MikroORM> {
  const connection = connectionOf(options.url);
  await ensureDatabase(connection);
  const orm = await MikroORM.init(configure(options, limited(connection)));
  try {
    await migrate(orm, options, connection);
    return orm;
  } catch (error) {
    await orm.close(true);
    throw error;
  }
}

function configure(options: OrmOptions, connection: Connection): Options {
  const guard = createSilenceGuard();
  const afterCreate = (client: Client, done: (error: Error | null, client: Client) => void): void => {
    guard(client);
    done(null, client);
  };
  return {
    clientUrl: options.url,
    entities: [...options.entities],
    extensions: [Migrator],
    migrations: { migrationsList: [...options.migrations], snapshot: false, allOrNothing: true, tableName: 'migration' },
    metadataCache: { enabled: false },
    discovery: { warnWhenNoEntities: false },
    forceUtcTimezone: true,
    pool: { min: 0, max: options.pool ?? 4, acquireTimeoutMillis: queueTimeout_ms, afterCreate },
    // The ORM takes but a part of the URL: not its query, where TLS stands.
    driverOptions: { connection, log: unheard },
    allowGlobalContext: false,
    logger: () => undefined,
  } satisfies Partial<Configuration> | Options;
}

/** knex would print lost connections, with the statement and its values: whoever used one is told, and the log is ours. */
const unheard = { debug: () => undefined, warn: () => undefined, error: () => undefined, deprecate: () => undefined };

/** Any fixed number: replicas that start together migrate one after the other. */
const migrationLock = 7_232_117;

async function migrate(orm: MikroORM, options: OrmOptions, connection: Connection): Promise<void> {
  const client = new Client(connection);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    if ((await orm.getMigrator().getPendingMigrations()).length > 0) await migrateUnlimited(options, connection);
  } finally {
    await client.end();
  }
}

/** An index on a large table takes longer than any query may. */
async function migrateUnlimited(options: OrmOptions, connection: Connection): Promise<void> {
  const unlimited = await MikroORM.init(configure(options, connection));
  try {
    await unlimited.getMigrator().up();
  } finally {
    await unlimited.close(true);
  }
}

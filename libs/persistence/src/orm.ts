import { type Configuration, type EntitySchema, MikroORM, type Options } from '@mikro-orm/postgresql';
import type { Logger } from '@platform/runtime';
import type { Client } from 'pg';
import { type Connection, connectionOf, createSilenceGuard, queueTimeout_ms } from './connection.js';
import { ensureDatabase } from './database.js';
import { flushWithoutHooks } from './flush.js';
import { migrate, type MigrationStep } from './migration.js';
import { observeCommands } from './observed.js';
import { checkSession, explained } from './session-check.js';
import { limited, setZone, unlimited } from './session.js';
import { traceCommands } from './traced-orm.js';

export interface OrmOptions {
  /** postgresql://user:password@host:port/database */
  readonly url: string;
  // The list contains entities of different classes.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly entities: readonly EntitySchema<any>[];
  readonly migrations: readonly MigrationStep[];
  /** Connections for commands; one is enough for every command. */
  readonly pool?: number;
  /** Logs that it waits for another process that migrates. */
  readonly log?: Pick<Logger, 'info'>;
}

/**
 * Opens the command side of a service's database. Creates the database and runs its migrations when they are missing.
 * @throws Error with the remedy when the server, or a pooler in front of it, gives sessions that cannot be used
 */
export async function openOrm(options: OrmOptions): Promise<MikroORM> {
  try {
    return await openMigrated(options);
  } catch (error) {
    throw explained(error);
  }
}

async function openMigrated(options: OrmOptions): Promise<MikroORM> {
  flushWithoutHooks();
  const connection = connectionOf(options.url);
  await ensureDatabase(connection);
  const orm = await MikroORM.init(configure(options, limited(connection)));
  traceCommands(orm);
  try {
    await migrate({
      connection,
      migrations: options.migrations,
      openMigrating: () => openMigrating(options, connection),
      log: options.log,
    });
    await checkSession(limited(connection));
    return orm;
  } catch (error) {
    await orm.close(true);
    throw error;
  }
}

/** The migrator is loaded only when it is needed: loading takes a tenth of a start. */
async function openMigrating(options: OrmOptions, connection: Connection): Promise<MikroORM> {
  const { Migrator } = await import('@mikro-orm/migrations');
  const migrationsList = await Promise.all(
    options.migrations.map(async ({ name, load }) => ({ name, class: await load() })),
  );
  return MikroORM.init({
    ...configure({ ...options, pool: 2 }, unlimited(connection)),
    extensions: [Migrator],
    migrations: { migrationsList, snapshot: false, allOrNothing: true, tableName: 'migration' },
  });
}

function configure(options: OrmOptions, connection: Connection): Options {
  const guard = createSilenceGuard(options.url);
  const afterCreate = (client: Client, done: (error: Error | null, client: Client) => void): void => {
    guard(client);
    observeCommands(client);
    client.query(setZone, (error: Error | null) => done(error, client));
  };
  return {
    clientUrl: options.url,
    entities: [...options.entities],
    metadataCache: { enabled: false },
    discovery: { warnWhenNoEntities: false },
    forceUtcTimezone: true,
    pool: { min: 0, max: options.pool ?? 4, acquireTimeoutMillis: queueTimeout_ms, afterCreate },
    // The ORM reads only a part of the URL: not its query, which contains the TLS parameters.
    driverOptions: { connection, log: unheard },
    allowGlobalContext: false,
    logger: () => undefined,
  } satisfies Partial<Configuration> | Options;
}

/**
 * knex would print lost connections with the statement and its values. The caller gets the error, and the log is ours.
 */
const unheard = { debug: () => undefined, warn: () => undefined, error: () => undefined, deprecate: () => undefined };

import type { Client } from 'pg';
import { type Connection, isPooled } from './connection.js';
import { migrationLockWait_ms } from './online-index.js';

/**
 * Limits of every database session, so that a query does not run longer than its caller waits. Milliseconds. The lock
 * limit is longer than the server's deadlock_timeout of 1 s; otherwise a deadlock would end as a lock timeout, which is
 * not retried.
 */
const limits = { statement_timeout: 4_000, lock_timeout: 1_500, idle_in_transaction_session_timeout: 5_000 } as const;
/** Times are read as UTC text, independent of the server's own settings. */
const zone = { TimeZone: 'UTC', DateStyle: 'ISO' } as const;
/**
 * The cost of a random page on SSDs: with the default, made for disks, the planner sorts a whole bank instead of
 * walking its index.
 */
const settings = { ...zone, random_page_cost: '1.1' } as const;

const oldestServer = 15;

/** The server ends a statement before this time; when no response came by then, the server or the network is lost. */
const silence_ms = limits.statement_timeout + 500;

/**
 * The parameters of sessions for commands and queries. A pooler in between may pass none of them on; `query_timeout`
 * always works, because pg applies it here.
 */
export const sessionOptions = {
  ...limits,
  query_timeout: silence_ms,
  options: optionsOf(settings),
} as const;

/** The connection for commands and queries: with time limits, both in the server and in this process. */
export function limited(connection: Connection, options = ''): Connection {
  return {
    ...connection,
    ...sessionOptions,
    options: [sessionOptions.options, options, connection.options].filter(Boolean).join(' '),
  };
}

/** The connection for migrations that are not transactional, whatever limits the server sets for a session. */
export function unlimited(connection: Connection): Connection {
  const own = { statement_timeout: 0, lock_timeout: migrationLockWait_ms, idle_in_transaction_session_timeout: 0 };
  return { ...connection, options: [optionsOf(own), connection.options].filter(Boolean).join(' ') };
}

function optionsOf(values: Readonly<Record<string, number | string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/**
 * The first statement of every connection. Poolers keep these two parameters for each client, but only when they are
 * set by a statement: PgBouncer before 1.20 ignores them in `options`, and uses the values that the server had when it
 * first connected.
 */
export const setZone = `select ${Object.entries(zone)
  .map(([name, value]) => `set_config('${name}', '${value}', false)`)
  .join(', ')}`;

/** Removes the limits for the current transaction, so that it may run and wait as long as needed. */
export const withoutLimits = Object.keys(limits)
  .map((name) => `set local ${name} = 0`)
  .join('; ');

/**
 * Behind a pooler, which may not pass the parameters on, stores them for the role in this database, so that they hold
 * in every session that begins from now on. Of all places to store them, this one has the highest priority, needs no
 * additional right and does not affect other roles.
 */
export async function storeSettings(client: Client): Promise<void> {
  const {
    rows: [found],
  } = await client.query<{ pid: number; database: string; stored: string[] }>(
    `select pg_backend_pid() as pid, current_database() as database, coalesce((select setconfig from pg_db_role_setting
       where setdatabase = (select oid from pg_database where datname = current_database())
         and setrole = (select oid from pg_roles where rolname = session_user)), '{}') as stored`,
  );
  if (found === undefined || !isPooled(client, found.pid)) return;
  for (const [name, value] of Object.entries({ ...limits, ...settings })) {
    if (found.stored.includes(`${name}=${value}`)) continue;
    await client.query(
      `alter role session_user in database ${client.escapeIdentifier(found.database)} set ${name} = '${value}'`,
    );
  }
}

/** The names in `pg_settings` that `faultOf` needs. */
export const judgedSettings = [...Object.keys(limits), ...Object.keys(zone), 'server_version_num'];

/**
 * The fault of a session in words; undefined when there is none. @throws Error for a server version that no setting can
 * help
 */
export function faultOf(found: Readonly<Record<string, string>>): string | undefined {
  const version = Math.floor(Number(found['server_version_num']) / 10_000);
  if (version < oldestServer)
    throw new Error(`The database is on PostgreSQL ${version}; ${oldestServer} or newer is needed: upgrade it`);
  const unlimited = Object.keys(limits).filter((name) => found[name] === '0');
  if (unlimited.length > 0) return `it has no ${unlimited.join(', no ')}`;
  if (found['TimeZone'] !== zone.TimeZone) return `its TimeZone is ${found['TimeZone']}, not ${zone.TimeZone}`;
  if (!found['DateStyle']?.startsWith(zone.DateStyle))
    return `its DateStyle is ${found['DateStyle']}, not ${zone.DateStyle}`;
  return undefined;
}

import type { Client } from 'pg';
import { type Connection, isPooled } from './connection.js';

/**
 * Limits of every database session: a query may not outlive its caller. Milliseconds. The lock limit exceeds the
 * server's deadlock_timeout of 1 s, or a deadlock would end as a lock timeout, which nobody repeats.
 */
const limits = { statement_timeout: 4_000, lock_timeout: 1_500, idle_in_transaction_session_timeout: 5_000 } as const;
/** How times are read: as UTC text, whatever the server prefers. */
const zone = { TimeZone: 'UTC', DateStyle: 'ISO' } as const;
/** A random page costs what it does on SSDs: with the default, made for disks, the planner sorts a whole bank instead of walking its index. */
const settings = { ...zone, random_page_cost: '1.1' } as const;

const oldestServer = 15;

/** The server ends a statement before; who hears nothing by then has lost the server, or what lies between. */
const silence_ms = limits.statement_timeout + 500;

/** What sessions of commands and queries are opened with. A pooler in between may pass none of it on, but `query_timeout`, which is ours. */
export const sessionOptions = {
  ...limits,
  query_timeout: silence_ms,
  options: Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' '),
} as const;

/** The session in which commands and queries run: with limits, on the server's side and on this one. */
export function limited(connection: Connection, options = ''): Connection {
  return {
    ...connection,
    ...sessionOptions,
    options: [sessionOptions.options, options, connection.options].filter(Boolean).join(' '),
  };
}

/**
 * The first statement of every connection. Of what a session is told, poolers keep these two for their clients, when they
 * are set: as part of `options` PgBouncer before 1.20 ignores them, and it goes by what the server preferred when it met it.
 */
export const setZone = `select ${Object.entries(zone)
  .map(([name, value]) => `set_config('${name}', '${value}', false)`)
  .join(', ')}`;

/** For the transaction at hand: what takes as long as it takes, and may wait. */
export const withoutLimits = Object.keys(limits)
  .map((name) => `set local ${name} = 0`)
  .join('; ');

/**
 * Behind a pooler, which may pass none of it on, stores the settings with the role, for this database: so they hold in every session
 * that begins from now on. Of all places this one weighs most, needs no right that the role does not have, and leaves other roles alone.
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

/** What `pg_settings` says of a session that this file judges, by name. */
export const judgedSettings = [...Object.keys(limits), ...Object.keys(zone), 'server_version_num'];

/** What is wrong with a session, in words. Nothing: undefined. @throws Error for a server that no setting helps */
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

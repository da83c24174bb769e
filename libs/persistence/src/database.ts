import { Client } from 'pg';
import { close, type Connection } from './connection.js';

/**
 * The URL of a service's own database: the configured one, or else the database named after the service on the shared
 * server.
 */
export function serviceDatabase(
  own: string | undefined,
  server: string | undefined,
  service: string,
): string | undefined {
  if (own !== undefined) return own;
  if (server === undefined) return undefined;
  const url = new URL(server);
  url.pathname = `/${service}`;
  return url.toString();
}

const missingDatabase = '3D000';
/** Longer than creating a database takes. */
const creation_ms = 60_000;
const alreadyThere = new Set(['42P04', '23505']);

/** Creates the connection's database when the server does not have it. */
export async function ensureDatabase(connection: Connection): Promise<void> {
  if ((await connectError(connection)) !== missingDatabase) return;
  const client = new Client({ ...connection, database: 'postgres', query_timeout: creation_ms });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`create database ${client.escapeIdentifier(connection.database ?? '')}`);
  } catch (error) {
    if (!alreadyThere.has(codeOf(error) ?? '')) throw error;
  } finally {
    await close(client);
  }
}

/** The SQLSTATE of a failed connection attempt, if it has one; other errors are thrown. */
async function connectError(connection: Connection): Promise<string | undefined> {
  const client = new Client(connection);
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    if (isMissing(error)) return missingDatabase;
    throw error;
  } finally {
    await close(client);
  }
}

/** PgBouncer passes the server's text on with a code of its own. */
function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === missingDatabase || (code === '08P01' && /database ".*" does not exist/.test((error as Error).message))
  );
}

/** The SQLSTATE of a database error, also when the ORM has wrapped it. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

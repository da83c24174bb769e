import { Client } from 'pg';
import { close, type Connection, connectionOf, isPooled } from './connection.js';
import { codeOf } from './database.js';
import { faultOf, judgedSettings, limited, setZone } from './session.js';
import { statementName } from './statement-name.js';

/** A pooler may have sessions from before the settings were stored: this is more than its pool holds by default. */
const oldSessions = 30;
const duplicateStatement = '42P05';

/**
 * Checks, over an ordinary connection, whether a session is as commands and queries need it.
 * @throws Error with the remedy
 */
export async function checkSession(connection: Connection): Promise<void> {
  for (let old = 0; ; old += 1) {
    const fault = await inSession(connection, (client) => findFault(client, old < oldSessions));
    if (fault === undefined) return;
    if (fault !== 'ended')
      throw new Error(`A session of the database ${connection.database} is not as it must be: ${fault}. ${remedy}`);
  }
}

const remedy =
  'What sessions need is stored with the role, for the database (alter role … in database … set …), when a service starts through a pooler. ' +
  'A pooler must run in transaction mode, log in as that role and open its sessions to the server anew (PgBouncer: RECONNECT in its console); ' +
  'nothing in `options` of the URL may say otherwise.';

/**
 * Ends a session that a pooler opened before the settings were stored, so that the pooler opens a new one: no other
 * client uses it now.
 */
async function findFault(client: Client, mayEnd: boolean): Promise<string | undefined> {
  await client.query('begin');
  const {
    rows: [found],
  } = await client.query<{ pid: number; settings: Record<string, string> }>(
    `
      select pg_backend_pid() as pid, json_object_agg(name, setting) as settings
      from pg_settings
      where name = any($1)`,
    [judgedSettings],
  );
  if (found === undefined) throw new Error('the server says nothing of its settings');
  const fault = faultOf(found.settings);
  const isOld = fault !== undefined && mayEnd && isPooled(client, found.pid);
  if (isOld) await client.query('select pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
  else await client.query('rollback');
  return isOld ? 'ended' : fault;
}

/**
 * Whether a named statement still exists when its connection uses it again. It does not behind a pooler that shares its
 * sessions and does not know prepared statements, as PgBouncer before 1.21.
 */
export async function keepsStatements(url: string): Promise<boolean> {
  const text = 'select pg_backend_pid() as pid, exists (select from pg_prepared_statements where name = $1) as there';
  const name = statementName('keeps-statements', text);
  return inSession(limited(connectionOf(url)), async (client) => {
    try {
      const {
        rows: [found],
      } = await client.query<{ pid: number; there: boolean }>({ name, text, values: [name] });
      // A pooler that supports prepared statements gives them its own names.
      return found !== undefined && !(isPooled(client, found.pid) && found.there);
    } catch (error) {
      if (codeOf(error) === duplicateStatement) return false;
      throw error;
    }
  });
}

async function inSession<T>(connection: Connection, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(connection);
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(setZone);
    return await work(client);
  } finally {
    await close(client);
  }
}

/**
 * Adds the remedy to the error of a connection that a pooler refused because of the session's parameters. The pooler's
 * own error names only the refused parameter, and its class is that of errors that pass.
 */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error) || !error.message.includes('unsupported startup parameter')) return error;
  return new Error(
    `The pooler refuses the connection (${error.message}): set in it ignore_startup_parameters = statement_timeout,lock_timeout,idle_in_transaction_session_timeout,options`,
    { cause: error },
  );
}

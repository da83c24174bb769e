import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import { tellSilence, whenSilent } from './silence.js';

/**
 * How long a command or a long read waits for a connection: shorter than any caller waits for its response.
 * Milliseconds.
 */
export const queueTimeout_ms = 3_000;

/** Shorter than the wait for a pooled connection, so that a silent server can be distinguished from a full pool. */
const connectTimeout_ms = 2_500;

const keepAlive_ms = 10_000;
const goodbye_ms = 500;

/** A database's address, and the parameters with which its sessions are opened. */
export type Connection = ClientConfig & { readonly database?: string };

/**
 * Reads a database's URL, in one place for all connections, so that TLS and the other parameters in its query apply to
 * each.
 * @throws Error for a certificate that cannot be read
 */
export function connectionOf(url: string): Connection {
  const { options, ssl, ...address } = parseIntoClientConfig(url);
  return {
    application_name: 'customer-platform',
    ...address,
    // The parser's objects have no prototype, but the ORM merges only plain objects.
    ...(ssl === undefined ? {} : { ssl: typeof ssl === 'object' ? { ...ssl } : ssl }),
    connectionTimeoutMillis: connectTimeout_ms,
    // Ends an idle connection whose other side is gone, so that it does not stay open.
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAlive_ms,
    ...(options === undefined ? {} : { options }),
  };
}

/** Whether a query failed because its response did not come in time. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith('Query read timeout');
}

/** Whether a connection could not be opened in time. */
export function isConnectTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith('timeout expired');
}

/** Closes a connection at once, even if responses are outstanding. */
export function destroy(client: Client): void {
  // pg's socket has no type. Its `end` would wait for the responses.
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

/**
 * Whether a pooler is between a connection and its server process: the server sends a new connection its own process
 * number, a pooler sends a number of its own.
 * @param pid the result of `pg_backend_pid()`
 */
export function isPooled(client: Client, pid: number): boolean {
  // pg does not declare this property.
  return (client as unknown as { processID: number }).processID !== pid;
}

/** Closes a connection without outstanding responses, even if its other side is gone. */
export async function close(client: Client): Promise<void> {
  await Promise.race([client.end().catch(() => undefined), sleep(goodbye_ms, undefined, { ref: false })]);
  destroy(client);
}

/**
 * Watches the connections of the ORM's pool for one whose query gets no response, and destroys it: the pool would put
 * it back, and the next query would wait behind the missing response. Connections open at that time are not used again.
 */
export function createSilenceGuard(url: string): (client: Client) => void {
  const standing = new Set<Client>();
  let unwatch: () => void = () => undefined;
  // knex replaces a connection that has this mark.
  const renew = (): void =>
    standing.forEach((one) => ((one as { __knex__disposed?: unknown }).__knex__disposed = 'silent'));
  return (client) => {
    if (standing.size === 0) unwatch = whenSilent(url, renew);
    standing.add(client);
    client.once('end', () => {
      standing.delete(client);
      if (standing.size === 0) unwatch();
    });
    whenUnanswered(client, () => {
      tellSilence(url);
      destroy(client);
    });
  };
}

function whenUnanswered(client: Client, then: () => void): void {
  type Callback = (error: unknown, ...rest: unknown[]) => void;
  const query = client.query.bind(client) as (config: unknown, callback: Callback) => unknown;
  const watched = (config: unknown, callback: Callback) =>
    query(config, (error, ...rest) => {
      if (isSilence(error)) then();
      callback(error, ...rest);
    });
  client.query = watched as never;
}

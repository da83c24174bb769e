import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';
import { tellSilence, whenSilent } from './silence.js';

/** How long a command or a long read waits for a connection: less than any caller waits for its answer. Milliseconds. */
export const queueTimeout_ms = 3_000;

/** Less than the wait for a pooled connection, so that a silent server is told from a full pool. */
const connectTimeout_ms = 2_500;

const keepAlive_ms = 10_000;
const goodbye_ms = 500;

/** A database's address, and what a session with it is opened with. */
export type Connection = ClientConfig & { readonly database?: string };

/**
 * Reads a database's URL: once, for all who connect. TLS and whatever else its query says holds for each of them.
 * @throws Error for a certificate that cannot be read
 */
export function connectionOf(url: string): Connection {
  const { options, ssl, ...address } = parseIntoClientConfig(url);
  return {
    application_name: 'customer-platform',
    ...address,
    // The parser's objects have no prototype; the ORM merges only plain ones.
    ...(ssl === undefined ? {} : { ssl: typeof ssl === 'object' ? { ...ssl } : ssl }),
    connectionTimeoutMillis: connectTimeout_ms,
    // Ends what has lost its other side and owes no answer, so that nothing is kept for it.
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAlive_ms,
    ...(options === undefined ? {} : { options }),
  };
}

/** Whether an error is that of a query whose answer did not come in time. */
export function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith('Query read timeout');
}

/** Whether an error is that of a connection that did not come about in time. */
export function isConnectTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.endsWith('timeout expired');
}

/** Ends a connection at once, whatever it still owes. */
export function destroy(client: Client): void {
  // Not typed: the socket of pg. Its `end` would wait for the answers.
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

/**
 * Whether a pooler lies between a connection and the process that serves it: the server tells a new connection the number of its
 * process, a pooler a number of its own.
 * @param pid what `pg_backend_pid()` says
 */
export function isPooled(client: Client, pid: number): boolean {
  // Not typed.
  return (client as unknown as { processID: number }).processID !== pid;
}

/** Ends a connection, which owes nothing, also one whose other side is gone. */
export async function close(client: Client): Promise<void> {
  await Promise.race([client.end().catch(() => undefined), sleep(goodbye_ms, undefined, { ref: false })]);
  destroy(client);
}

/**
 * Watches the connections of the ORM's pool for one whose query stays unanswered. That one is destroyed: the pool would put
 * it back, and the next query would wait behind the answer that never comes. Those that stood beside it are not used again.
 */
export function createSilenceGuard(url: string): (client: Client) => void {
  const standing = new Set<Client>();
  let unwatch: () => void = () => undefined;
  // The mark by which knex knows a connection that is of no use.
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

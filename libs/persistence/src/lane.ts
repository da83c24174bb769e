import { Client, type ClientConfig, type QueryConfig } from 'pg';
import { destroy, isConnectTimeout, isSilence } from './connection.js';
import { codeOf } from './database.js';
import { setZone } from './session.js';
import { isUnavailable } from './unavailable.js';

/** One connection that many callers share for their statements. */
export interface Lane {
  run<Row>(query: QueryConfig): Promise<Row[]>;
  /** Statements that are not answered yet. */
  readonly running: number;
  /** Closes it at once; its running statements fail. */
  destroy(): void;
  close(): Promise<void>;
}

/** How a database differs from a server that the service has for itself. */
export interface Traits {
  /** Whether the database, or a pooler in front of it, keeps named statements for their connection; they do. */
  readonly prepares?: boolean;
  /** Whether its tables are distributed over the nodes of a Citus cluster; they are not. */
  readonly distributed?: boolean;
}

/**
 * A lane plans each statement only once. By default PostgreSQL would plan nearly every short read at every run: without
 * the values it assumes that an array has ten elements and that a limit takes a tenth of the rows. By this estimate a
 * generic plan always costs more than one made for the one key or the fifty rows of the call, so the latter always
 * wins. But both plans are the same, and planning takes longer than running them. Citus plans no statement without its
 * values, because a value decides on which node a statement runs.
 */
export const laneOptions = ({ distributed = false }: Traits): string =>
  distributed ? '' : '-c plan_cache_mode=force_generic_plan';

/** A pipelined connection, opened at its first use and again after it broke. */
export function createLane(config: ClientConfig): Lane {
  let current: Promise<Client> | undefined;
  let running = 0;

  const open = (): Promise<Client> => {
    if (current !== undefined) return current;
    const client = new Client({ ...config, pipeline: true });
    const opening = client.connect().then(() => {
      // Sent before the first read, which does not wait for it.
      client.query(setZone).catch(() => undefined);
      return client;
    });
    client.on('error', () => forget(opening));
    client.on('end', () => forget(opening));
    opening.catch(() => forget(opening));
    current = opening;
    return opening;
  };

  // Many reads fail with one connection; only the first of them may replace it.
  const forget = (opening: Promise<Client>) => {
    if (current !== opening) return;
    current = undefined;
    opening.then((client) => client.end()).catch(() => undefined);
  };

  return {
    async run<Row>(query: QueryConfig) {
      const opening = open();
      running += 1;
      try {
        return (await (await opening).query(query)).rows as Row[];
      } catch (error) {
        if (isUnavailable(error) || isStale(error)) forget(opening);
        throw error;
      } finally {
        running -= 1;
      }
    },
    get running() {
      return running;
    },
    destroy: () => void current?.then(destroy, () => undefined),
    async close() {
      const client = await current?.catch(() => undefined);
      await client?.end();
    },
  };
}

/**
 * Whether a read failed because of its connection and may be repeated. A read that has already waited for a timeout is
 * not repeated.
 */
export function isBroken(error: unknown): boolean {
  return isStale(error) || (isUnavailable(error) && !isSilence(error) && !isConnectTimeout(error));
}

/**
 * Whether a prepared statement is no longer usable. 26000: it does not exist, because its first use, by another query
 * in the pipeline, failed or had a value that cannot be sent; or because a pooler gave the next use another session.
 * 42P05: a pooler gave a session in which the statement was already prepared. 0A000: a column's type has changed.
 */
export function isStale(error: unknown): boolean {
  const code = codeOf(error);
  return code === '26000' || code === '42P05' || code === '0A000';
}

import { Client, type ClientConfig, type QueryConfig } from 'pg';
import { destroy, isConnectTimeout, isSilence } from './connection.js';
import { codeOf } from './database.js';
import { setZone } from './session.js';
import { isUnavailable } from './unavailable.js';

/** One connection for the statements of many. */
export interface Lane {
  run<Row>(query: QueryConfig): Promise<Row[]>;
  /** Ends it under its statements. */
  destroy(): void;
  close(): Promise<void>;
}

/**
 * A lane plans a statement once. By itself PostgreSQL would plan nearly every short read at every run: without its values
 * it takes an array for ten elements and a limit for a tenth of the rows, dearer by that reckoning than a plan made for the
 * one key or the fifty rows at hand, and so the latter always wins. Yet it is the same plan, and making it costs more than
 * running it.
 */
export const laneOptions = '-c plan_cache_mode=force_generic_plan';

/** A pipelined connection, opened at its first use and again after it broke. */
export function createLane(config: ClientConfig): Lane {
  let current: Promise<Client> | undefined;

  const open = (): Promise<Client> => {
    if (current !== undefined) return current;
    const client = new Client({ ...config, pipeline: true });
    const opening = client.connect().then(() => {
      // Goes before the first read, which does not wait for it.
      client.query(setZone).catch(() => undefined);
      return client;
    });
    client.on('error', () => forget(opening));
    client.on('end', () => forget(opening));
    opening.catch(() => forget(opening));
    current = opening;
    return opening;
  };

  // Many reads fail with one connection; only the first of them may put a new one in its place.
  const forget = (opening: Promise<Client>) => {
    if (current !== opening) return;
    current = undefined;
    opening.then((client) => client.end()).catch(() => undefined);
  };

  return {
    async run<Row>(query: QueryConfig) {
      const opening = open();
      try {
        return (await (await opening).query(query)).rows as Row[];
      } catch (error) {
        if (isUnavailable(error) || isStale(error)) forget(opening);
        throw error;
      }
    },
    destroy: () => void current?.then(destroy, () => undefined),
    async close() {
      const client = await current?.catch(() => undefined);
      await client?.end();
    },
  };
}

/** Whether a read fell with its connection. Whoever waited long before is not made to wait again. */
export function isBroken(error: unknown): boolean {
  return isStale(error) || (isUnavailable(error) && !isSilence(error) && !isConnectTimeout(error));
}

/**
 * Whether a statement that was prepared is none any more. 26000: its first use, which a neighbour in the pipeline made,
 * failed, or had a value that cannot be sent; or a pooler gave the next use another session. 42P05: it gave a session in which somebody
 * prepared the same. 0A000: a column's type changed since.
 */
export function isStale(error: unknown): boolean {
  const code = codeOf(error);
  return code === '26000' || code === '42P05' || code === '0A000';
}

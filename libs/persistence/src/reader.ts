import { Client, type ClientConfig, Pool, type QueryConfig, types } from 'pg';
import { codeOf } from './database.js';
import { secondsList, secondsText } from './columns.js';
import { connectionOf, isSilence, limited, queueTimeout_ms } from './connection.js';
import { refuseKnown } from './transaction.js';
import { isUnavailable } from './unavailable.js';

/** A query. Named ones are prepared once per connection; one whose plan depends on its values goes without a name, by `page`. */
export interface Query {
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A statement that is prepared once per connection and run with different values. */
export type Statement = Required<Pick<Query, 'name' | 'text'>>;

/** Reads rows as they are on the wire: dates as "2013-01-21T23:08:00Z", bigint as number. */
export interface Reader {
  /** A short named read: goes into the pipeline of one of a few shared connections, behind other short reads only. */
  rows<Row>(query: Query): Promise<Row[]>;
  /** A longer read, on a connection of its own while it runs. */
  page<Row>(query: Query): Promise<Row[]>;
  close(): Promise<void>;
}

const timestamptz = 1184;
const timestamptzList = 1185;
const bigint = 20;

const wireTypes: ClientConfig['types'] = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (oid === timestamptz) return secondsText;
    if (oid === timestamptzList) return secondsList;
    if (oid === bigint) return Number;
    return types.getTypeParser(oid, format) as unknown;
  },
};

/**
 * A lane plans a statement once. By itself PostgreSQL would plan nearly every short read at every run: without its values
 * it takes an array for ten elements and a limit for a tenth of the rows, dearer by that reckoning than a plan made for the
 * one key or the fifty rows at hand, and so the latter always wins. Yet it is the same plan, and making it costs more than
 * running it.
 */
const laneOptions = '-c plan_cache_mode=force_generic_plan';

/** Opens the query side of a service's database. */
export function createReader(url: string, connections = 2): Reader {
  const connection = { ...connectionOf(url), types: wireTypes };
  const lanes = Array.from({ length: connections }, () => createLane(limited(connection, laneOptions)));
  const pool = new Pool({ ...limited(connection), max: connections, connectionTimeoutMillis: queueTimeout_ms, idleTimeoutMillis: 30_000 });
  // An idle connection that breaks is replaced at its next use.
  pool.on('error', () => undefined);
  let next = 0;
  return {
    async rows<Row>(query: Query) {
      next = (next + 1) % lanes.length;
      return refusing(() => (lanes[next] as Lane).run<Row>(query));
    },
    page: <Row>(query: Query) => refusing(async () => (await pool.query(configOf(query))).rows as Row[]),
    async close() {
      await Promise.all([...lanes.map((lane) => lane.close()), pool.end()]);
    },
  };
}

async function refusing<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    refuseKnown(error);
    throw error;
  }
}

function configOf(query: Query): QueryConfig {
  return { ...(query.name === undefined ? {} : { name: query.name }), text: query.text, values: [...query.values] };
}

interface Lane {
  run<Row>(query: Query): Promise<Row[]>;
  close(): Promise<void>;
}

/**
 * One pipelined connection, opened at its first use and again after it broke. A read that broke with it is repeated once,
 * but not the one that nobody answered: its caller has waited long enough.
 */
function createLane(config: ClientConfig): Lane {
  let current: Promise<Client> | undefined;

  const open = (): Promise<Client> => {
    if (current !== undefined) return current;
    const client = new Client({ ...config, pipeline: true });
    const opening = client.connect().then(() => client);
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

  const attempt = async <Row>(opening: Promise<Client>, query: Query): Promise<Row[]> => (await (await opening).query(configOf(query))).rows as Row[];

  return {
    async run(query) {
      const opening = open();
      try {
        return await attempt(opening, query);
      } catch (error) {
        if (!isUnavailable(error) && !isStale(error)) throw error;
        forget(opening);
        if (isSilence(error)) throw error;
        return attempt(open(), query);
      }
    },
    async close() {
      const client = await current?.catch(() => undefined);
      await client?.end();
    },
  };
}

/**
 * Whether a statement that was prepared is none any more, so that a new connection mends it. 26000: its first use, which
 * a neighbour in the pipeline made, failed, or had a value that cannot be sent. 0A000: a column's type changed since.
 */
function isStale(error: unknown): boolean {
  const code = codeOf(error);
  return code === '26000' || code === '0A000';
}

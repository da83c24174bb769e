import { Client, type ClientConfig, Pool, type QueryConfig, types } from 'pg';
import { codeOf } from './database.js';
import { secondsList, secondsText } from './columns.js';
import { sessionOptions } from './orm.js';
import { refuseBadValue } from './transaction.js';

/** A query. Named ones are prepared once per connection; one whose plan depends on its values goes without a name. */
export interface Query {
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Reads rows as they are on the wire: dates as "2013-01-21T23:08:00Z", bigint as number. */
export interface Reader {
  /** A short read: goes into the pipeline of one of a few shared connections, behind other short reads only. */
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
    return types.getTypeParser(oid, format);
  },
} as ClientConfig['types'];

/** Opens the query side of a service's database. */
export function createReader(url: string, connections = 2): Reader {
  const config = { connectionString: url, ...sessionOptions, types: wireTypes };
  const lanes = Array.from({ length: connections }, () => createLane(config));
  const pool = new Pool({ ...config, max: connections, connectionTimeoutMillis: 1_000, idleTimeoutMillis: 30_000 });
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
    refuseBadValue(codeOf(error));
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

/** One pipelined connection, opened at its first use and again after it broke. A broken read is repeated once. */
function createLane(config: ClientConfig): Lane {
  let current: Promise<Client> | undefined;

  const open = (): Promise<Client> => {
    if (current !== undefined) return current;
    const client = new Client({ ...config, pipeline: true } as ClientConfig);
    const opening = client.connect().then(() => client);
    const forget = () => {
      if (current === opening) current = undefined;
    };
    client.on('error', forget);
    client.on('end', forget);
    opening.catch(forget);
    current = opening;
    return opening;
  };

  const attempt = async <Row>(query: Query): Promise<Row[]> => (await (await open()).query(configOf(query))).rows as Row[];

  return {
    async run(query) {
      try {
        return await attempt(query);
      } catch (error) {
        if (!isBroken(error)) throw error;
        current = undefined;
        return attempt(query);
      }
    },
    async close() {
      const client = await current?.catch(() => undefined);
      await client?.end();
    },
  };
}

/** No SQLSTATE: the connection failed, not the query. 57P01 to 57P03: the server is going away or coming up. */
function isBroken(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined || /^(08|57P0)/.test(code) || /^E[A-Z]+$/.test(code);
}

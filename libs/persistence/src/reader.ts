import type { Scope } from '@platform/telemetry';
import { type ClientBase, type ClientConfig, Pool, type QueryConfig, types } from 'pg';
import { secondsList, secondsText } from './columns.js';
import { connectionOf, isSilence, queueTimeout_ms } from './connection.js';
import { createLane, isBroken, isStale, type Lane, laneOptions, type Traits } from './lane.js';
import { type ConnectionUse, observe } from './observed.js';
import { limited, setZone } from './session.js';
import { tellSilence, whenSilent } from './silence.js';
import { statementName } from './statement-name.js';
import { refuseKnown } from './transaction.js';

/**
 * A query. One with a name is prepared once per connection; one whose plan depends on its values has no name and is
 * read by `page`.
 */
export interface Query {
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** A statement that is prepared once per connection and then run with different values. */
export type Statement = Required<Pick<Query, 'name' | 'text'>>;

/** Reads rows in the wire format: dates as "2013-01-21T23:08:00Z", bigint as number. */
export interface Reader {
  /**
   * A short named read: it is pipelined on one of a few shared connections, where it waits only for other short reads.
   */
  rows<Row>(query: Query): Promise<Row[]>;
  /** A longer read, which has a connection for itself while it runs. */
  page<Row>(query: Query): Promise<Row[]>;
  /** The same reader for reads that are part of the scope. */
  in(scope: Scope): Reader;
  /** Whether the tables are distributed by the bank: then a statement has keys of one bank. */
  readonly distributed: boolean;
  connections(): readonly ConnectionUse[];
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

/** pg-pool waits for the returned promise, although the type says otherwise. */
const onConnect = (client: ClientBase): void => client.query(setZone) as never;

/** The connections of a reader, until one of them goes silent. */
interface Connections {
  readonly lanes: readonly Lane[];
  readonly pool: Pool;
}

/** Opens the query side of a service's database. */
export function createReader(url: string, connections = 2, traits: Traits = {}): Reader {
  const { prepares = true, distributed = false } = traits;
  const connection = { ...connectionOf(url), types: wireTypes };
  const open = (): Connections => {
    const pool = new Pool({
      ...limited(connection),
      max: connections,
      connectionTimeoutMillis: queueTimeout_ms,
      idleTimeoutMillis: 30_000,
      onConnect,
    });
    // An idle connection that breaks is replaced at its next use.
    pool.on('error', () => undefined);
    return {
      lanes: Array.from({ length: connections }, () => createLane(limited(connection, laneOptions(traits)))),
      pool,
    };
  };
  let current = open();
  let next = 0;
  const names = new Map<string, string>();
  const configOf = ({ name, text, values }: Query): QueryConfig => {
    if (name === undefined || !prepares) return { text, values: [...values] };
    let unique = names.get(text);
    if (unique === undefined) names.set(text, (unique = statementName(name, text)));
    return { name: unique, text, values: [...values] };
  };

  const unwatch = whenSilent(url, () => {
    const { lanes, pool } = current;
    current = open();
    lanes.forEach((lane) => lane.destroy());
    pool.end().catch(() => undefined);
  });
  const watching = async <T>(read: (own: Connections) => Promise<T>): Promise<T> => {
    const own = current;
    try {
      return await read(own);
    } catch (error) {
      if (isSilence(error) && own === current) tellSilence(url);
      throw error;
    }
  };
  /** The second attempt has no name, so it does not depend on any prepared statement. */
  const repeating = async <Row>(
    query: Query,
    mayRepeat: (error: unknown) => boolean,
    read: (own: Connections, config: QueryConfig) => Promise<Row[]>,
  ): Promise<Row[]> => {
    try {
      return await watching((own) => read(own, configOf(query)));
    } catch (error) {
      if (!mayRepeat(error)) throw error;
      const { text, values } = query;
      return watching((own) => read(own, configOf({ text, values })));
    }
  };

  const readerIn = (scope: Scope | undefined): Reader => ({
    async rows<Row>(query: Query) {
      next = (next + 1) % connections;
      return observe('reads', query, scope, () =>
        refusing(() => repeating<Row>(query, isBroken, ({ lanes }, config) => (lanes[next] as Lane).run(config))),
      );
    },
    page: <Row>(query: Query) =>
      observe('pages', query, scope, () =>
        refusing(() =>
          repeating<Row>(query, isStale, async ({ pool }, config) => (await pool.query(config)).rows as Row[]),
        ),
      ),
    in: readerIn,
    distributed,
    connections() {
      const { lanes, pool } = current;
      const running = lanes.map((lane) => lane.running);
      const waiting = running.reduce((sum, some) => sum + some, 0);
      return [
        { use: 'reads', used: running.filter((some) => some > 0).length, limit: connections, waiting },
        { use: 'pages', used: pool.totalCount - pool.idleCount, limit: connections, waiting: pool.waitingCount },
      ];
    },
    async close() {
      unwatch();
      await Promise.all([...current.lanes.map((lane) => lane.close()), current.pool.end()]);
    },
  });
  return readerIn(undefined);
}

async function refusing<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    refuseKnown(error);
    throw error;
  }
}

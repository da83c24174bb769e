import { isOnCitus } from '@platform/testing';
import type { Client } from 'pg';
import { Client as PgClient } from 'pg';
import type { Records } from '../records.js';

const tables = {
  CUSTOMERS_DATABASE_URL: ['customer', 'customer_address', 'tax_residence', 'social_media_handle'],
  ATTRIBUTES_DATABASE_URL: ['customer_attribute'],
  LINKS_DATABASE_URL: ['user_customer_link', 'customer_account_link'],
} as const;

/** Reads the services' databases directly, without the services. */
export interface Traces {
  /** The number of rows that a customer still has, by table; `{}` when there are none. */
  of(customer: Pick<Records, 'bank_id' | 'customer_id'>): Promise<Record<string, number>>;
  /** Whether a task for another service is still pending. */
  pending(database?: keyof typeof tables | 'AGENTS_DATABASE_URL'): Promise<boolean>;
  /** Keeps the statement's locks until `release`: statements that need them wait. */
  hold(database: string, statement: string, values?: unknown[]): Promise<{ release(): Promise<void> }>;
  /** Makes each deletion from the table take 3 s and then fail, until `release`. */
  failDeletions(database: string, table: string): Promise<{ isOn(): Promise<boolean>; release(): Promise<void> }>;
  /** Releases everything that a failed test still holds. */
  releaseAll(): Promise<void>;
  /** Whether a statement waits for a lock in the database. */
  someoneWaits(database: string): Promise<boolean>;
  rows<Row extends object>(database: string, statement: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** The statements of all nodes: on a cluster, those of the nodes wait and not the coordinator's. */
const activity = (): string => (isOnCitus() ? 'citus_stat_activity' : 'pg_stat_activity');

export async function openTraces(databases: Readonly<Record<string, string>>): Promise<Traces> {
  const clients = new Map<string, Client>();
  const held = new Set<() => Promise<void>>();
  const open = async (database: string): Promise<Client> => {
    const client = new PgClient({ connectionString: databases[database] });
    await client.connect();
    // A test that drops its databases ends these connections too.
    client.on('error', () => undefined);
    return client;
  };
  const shared = async (database: string): Promise<Client> => {
    const client = clients.get(database) ?? (await open(database));
    clients.set(database, client);
    return client;
  };
  const rows = async <Row extends object>(
    database: string,
    statement: string,
    values: unknown[] = [],
  ): Promise<Row[]> => (await (await shared(database)).query<Row>(statement, values)).rows;
  return {
    rows,
    async of({ bank_id, customer_id }) {
      const found: Record<string, number> = {};
      for (const [database, names] of Object.entries(tables)) {
        for (const table of names) {
          const [{ count } = { count: 0 }] = await rows<{ count: number }>(
            database,
            `select count(*)::int as count from ${table} where bank_id = $1 and customer_id = $2`,
            [bank_id, customer_id],
          );
          if (count > 0) found[table] = count;
        }
      }
      return found;
    },
    pending: async (database = 'CUSTOMERS_DATABASE_URL') => (await rows(database, 'select from outbox')).length > 0,
    async hold(database, statement, values = []) {
      const client = await open(database);
      await client.query('begin');
      await client.query(statement, values);
      const release = async () => {
        if (!held.delete(release)) return;
        await client.query('rollback');
        await client.end();
      };
      held.add(release);
      return { release };
    },
    async failDeletions(database, table) {
      await rows(
        database,
        `create function linger() returns trigger language plpgsql as $$ begin perform pg_sleep(3); raise exception 'not deleted'; end $$`,
      );
      if (isOnCitus()) await rows(database, 'set citus.enable_unsafe_triggers = on');
      await rows(database, `create trigger linger before delete on ${table} for each row execute function linger()`);
      const release = async () => {
        if (held.delete(release)) await rows(database, 'drop function linger cascade');
      };
      held.add(release);
      return {
        release,
        isOn: async () =>
          (
            await rows(
              database,
              `select from ${activity()} where datname = current_database() and wait_event = 'PgSleep'`,
            )
          ).length > 0,
      };
    },
    async releaseAll() {
      await Promise.all([...held].map((release) => release()));
    },
    someoneWaits: async (database) =>
      (
        await rows(
          database,
          `select from ${activity()} where datname = current_database() and wait_event_type = 'Lock'`,
        )
      ).length > 0,
    async close() {
      await Promise.all([...clients.values()].map((client) => client.end()));
    },
  };
}

import { Client } from 'pg';
import { close, connectionOf } from './connection.js';
import { limited, withoutLimits } from './session.js';

/** How a database's tables are distributed over the nodes of a Citus cluster. */
export interface Distribution {
  /** Whether some are. */
  readonly distributed: boolean;
  /** If so, the tables that belong to banks and are not: those of a later migration. */
  readonly left: readonly string[];
}

/**
 * The tables that belong to banks and are not distributed: those whose primary key begins with the bank. The table of
 * the banks themselves has no other key. In the order of their creation, so that a table comes after those that its
 * foreign keys name.
 */
const undistributed = `
  select key.conrelid::regclass::text as name, cardinality(key.conkey) = 1 as is_of_banks
  from pg_constraint as key
  join pg_attribute as first on first.attrelid = key.conrelid and first.attnum = key.conkey[1]
  where key.contype = 'p' and first.attname = 'bank_id' and key.connamespace::regnamespace::text in ('public', 'journal')
    and key.conrelid not in (select logicalrelid from pg_dist_partition)
  order by key.conrelid`;

/**
 * Tables with foreign keys can be distributed in one transaction only one after the other, and those that still wait
 * must not become tables of another kind. Triggers run in the shards; ours write only rows of the bank whose row was
 * changed.
 */
const settings = [
  "set local citus.multi_shard_modify_mode = 'sequential'",
  'set local citus.enable_local_reference_table_foreign_keys = off',
  'set local citus.enable_unsafe_triggers = on',
].join('; ');

/** Every node has all banks: they are few, and foreign keys of all shards name them. */
const copiedToAll = 'select create_reference_table($1::regclass)';
/** Tables whose keys have the same type are colocated. */
const colocatedByBank = "select create_distributed_table($1::regclass, 'bank_id')";

/**
 * Distributes the tables that belong to banks, with their rows, over the nodes of a Citus cluster: each bank has all its
 * rows on one node. Tables that are distributed stay as they are. If it fails, no table is distributed.
 * @param url the database on the cluster's coordinator
 * @throws Error when the database has no Citus
 */
export async function distribute(url: string): Promise<void> {
  await inSession(url, async (client) => {
    if (!(await hasCitus(client)))
      throw new Error('The database has no Citus: create its extension there, and add the nodes of the cluster');
    await client.query(`begin; ${withoutLimits}; ${settings}`);
    const { rows } = await client.query<{ name: string; is_of_banks: boolean }>(undistributed);
    const create = await dropTriggers(
      client,
      rows.map(({ name }) => name),
    );
    for (const { name, is_of_banks } of rows) await client.query(is_of_banks ? copiedToAll : colocatedByBank, [name]);
    // The copies of the rows that remain on the coordinator.
    for (const { name } of rows.filter(({ is_of_banks }) => !is_of_banks))
      await client.query('select truncate_local_data_after_distributing_table($1::regclass)', [name]);
    for (const trigger of create) await client.query(trigger);
    await client.query('commit');
  });
}

/** Drops the tables' triggers: rows that are only moved must not call them. @returns statements that create them again */
async function dropTriggers(client: Client, tables: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ drop: string; create: string }>(
    `
    select format('drop trigger %I on %s', tgname, tgrelid::regclass) as drop, pg_get_triggerdef(oid) as create
    from pg_trigger
    where not tgisinternal and tgrelid::regclass::text = any($1)`,
    [tables],
  );
  for (const { drop } of rows) await client.query(drop);
  return rows.map(({ create }) => create);
}

/** Looks how the database's tables are distributed. */
export function findDistribution(url: string): Promise<Distribution> {
  return inSession(url, async (client) => {
    const there = await hasCitus(client);
    const { rowCount } = there
      ? await client.query("select from pg_dist_partition where partmethod = 'h' limit 1")
      : { rowCount: 0 };
    if (rowCount === 0) return { distributed: false, left: [] };
    const { rows } = await client.query<{ name: string }>(undistributed);
    return { distributed: true, left: rows.map(({ name }) => name) };
  });
}

async function hasCitus(client: Client): Promise<boolean> {
  const { rowCount } = await client.query("select from pg_extension where extname = 'citus'");
  return rowCount === 1;
}

async function inSession<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  // Rows are moved for as long as it takes.
  const client = new Client({ ...limited(connectionOf(url)), query_timeout: 0 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await close(client);
  }
}

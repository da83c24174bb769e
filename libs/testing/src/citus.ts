import { Client } from 'pg';
import { sameDatabaseAt } from './database-url.js';

/**
 * The worker nodes of a cluster, as URLs like the coordinator's.
 * @param coordinatorUrl a database of the coordinator to which the nodes were added
 */
export async function workersOf(coordinatorUrl: string): Promise<string[]> {
  const rows = await query<{ nodename: string; nodeport: number }>(
    coordinatorUrl,
    'select nodename, nodeport from pg_dist_node where groupid <> 0 order by nodeid',
  );
  return rows.map(({ nodename, nodeport }) => sameDatabaseAt(coordinatorUrl, nodename, nodeport));
}

/** Makes a cluster of one database: of the same name on each node, all of them empty. */
export async function joinCluster(coordinatorUrl: string, workerUrls: readonly string[]): Promise<void> {
  for (const url of [coordinatorUrl, ...workerUrls]) await query(url, 'create extension citus');
  const addressOf = (url: string) => [new URL(url).hostname, Number(new URL(url).port)];
  await query(coordinatorUrl, 'select citus_set_coordinator_host($1, $2)', addressOf(coordinatorUrl));
  for (const url of workerUrls) await query(coordinatorUrl, 'select citus_add_node($1, $2)', addressOf(url));
}

async function query<Row>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

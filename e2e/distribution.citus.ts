import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findDistribution } from '@platform/persistence';
import { prepareDatabase } from '@platform/service';
import { createTestDatabase, type TestDatabase } from '@platform/testing';
import { Client } from 'pg';
import { database as customers } from '../apps/customers/src/gen/database.js';
import { populate } from '../apps/customers/test/population.js';

/** Runs on a Citus cluster only: `npm run test:citus`. */

const total = 500;

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createTestDatabase('customers before they are distributed', (url) =>
    prepareDatabase(customers, url),
  );
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(populate, [total]);
}, 120_000);
afterAll(async () => {
  await client.end();
  await database.close();
});

const one = async (text: string) => (await client.query<{ value: number }>(text)).rows[0]?.value;

/** The customers in the table, and in the counts of its lists. */
const counts = async () => [
  await one('select count(*)::int as value from customer'),
  await one(
    'select (coalesce((select sum(customers) from customer_list_part), 0) + coalesce((select sum(change) from customer_list_change), 0))::int as value',
  ),
];

it('moves the rows that are there, and may be repeated', async () => {
  expect(await findDistribution(database.url)).toEqual({ distributed: false, left: [] });
  for (let time = 0; time < 2; time += 1) {
    await prepareDatabase(customers, database.url, true);
    expect(await findDistribution(database.url)).toEqual({ distributed: true, left: [] });
    expect(await counts()).toEqual([total, total]);
  }
});

it('keeps a bank on one node, and counts what is added to its list there', async () => {
  const places = await one(
    `select count(distinct nodeport)::int as value from citus_shards
     where shardid in (select get_shard_id_for_distribution_column(name::regclass, 'bank.0') from unnest(array['customer', 'customer_address', 'outbox', 'customer_list_change']) as name)`,
  );
  expect(places).toBe(1);
  await client.query("delete from customer where bank_id = 'bank.0'");
  const [left, counted] = await counts();
  expect(left).toBeLessThan(total);
  expect(counted).toBe(left);
});

it('names the tables of a later migration until it runs again', async () => {
  await client.query('create table later (bank_id text collate "C", id text, primary key (bank_id, id))');
  expect(await findDistribution(database.url)).toEqual({ distributed: true, left: ['later'] });
  await prepareDatabase(customers, database.url, true);
  expect(await findDistribution(database.url)).toEqual({ distributed: true, left: [] });
});

import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { eventually } from '@platform/testing';
import { createDataFolder } from '../processes/folder.js';
import { freePorts } from '../processes/free-ports.js';
import { createOpen } from '../processes/open.js';
import { sql } from '../processes/sql.js';
import { type Cluster, createCluster, pause } from './cluster.js';
import { createName, type Name } from './name.js';
import { perform } from './play.js';

jest.setTimeout(120_000);

const [first, second] = ['127.0.0.1', '127.0.0.2'] as const;
/** The application name by which the added replica's connections are recognised in the database. */
const added = 'added-replica';

const { opened, closeAll } = createOpen();
let cluster: Cluster;
let name: Name;
beforeAll(async () => {
  name = createName('customers.test', opened(createDataFolder()).path);
  name.answer(first);
  const { CUSTOMERS_PORT } = await freePorts('CUSTOMERS_PORT');
  const env = { ...name.env, CUSTOMERS_PORT, CUSTOMERS_ADDRESS: `${name.host}:${CUSTOMERS_PORT}` };
  cluster = await createCluster(opened, { env, later: ['customers'] });
});
afterAll(closeAll);

/** Whether the added replica has used a connection to read or write customers. */
async function worked(): Promise<boolean> {
  const queries = await sql(
    cluster.url('customers'),
    `select from pg_stat_activity where application_name = $1 and query ~ '(insert into customer |join customer|from customer where)'`,
    [added],
  );
  return queries.length > 0;
}

describe('a name of which the answer changes', () => {
  it('added-replica', () =>
    perform(
      cluster,
      {
        play: 'added-replica',
        fault: 'a second replica of customers behind their name',
        goal: { failed: 0, gap_ms: 1_000 },
      },
      async () => {
        await cluster.start('customers', 1, {
          HOST: second,
          CUSTOMERS_DATABASE_URL: `${cluster.url('customers')}?application_name=${added}`,
        });
        await pause(3_000);
        if (await worked()) throw new Error('somebody knows the replica before its name does');
        name.answer(first, second);
        const used_ms = await eventually(10_000, 'the replica to be used', worked);
        await pause(1_000);
        return [{ what: 'used after', value: used_ms, unit: 'ms', most: 5_000 }];
      },
    ));
});

import { afterEach, expect, it, jest } from '@jest/globals';
import { serviceNames } from '@platform/allinone';
import { eventually } from '@platform/testing';
import { type Load, startLoad } from './load.js';
import { createOpen } from './open.js';
import { openSession } from './session.js';
import { sql } from './sql.js';
import { createStack, emptyDatabases, secrets } from './stack.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

const { opened, closeAll } = createOpen();
afterEach(closeAll);

const older = `first_${Date.now().toString(36)}`;
const newer = `second_${Date.now().toString(36)}`;

/** Runs the statements one after the other. */
async function run(url: string, ...statements: string[]): Promise<void> {
  for (const statement of statements) await sql(url, statement);
}

/** A role that owns the database, until the test ends. */
async function createOwner(url: string): Promise<void> {
  const database = new URL(url).pathname.slice(1);
  const roles = async () =>
    (await sql<{ name: string }>(url, `select rolname as name from pg_roles`)).map(({ name }) => name);
  opened({
    close: async () => {
      await run(url, `reassign owned by ${older} to current_user`, `drop owned by ${older}`);
      for (const role of (await roles()).filter((name) => name === older || name === newer))
        await sql(url, `drop role ${role}`);
    },
  });
  await run(
    url,
    `create role ${older} login password 'older-password'`,
    `alter database "${database}" owner to ${older}`,
    `alter schema public owner to ${older}`,
  );
}

async function goOn(load: Load): Promise<void> {
  const wanted = load.results().created.length + 30;
  await eventually(10_000, 'the load to go on', () => load.results().created.length >= wanted);
}

it('the password of a database is changed under load by a second role, and no request fails', async () => {
  const databases = opened(await emptyDatabases());
  const url = databases.env['CUSTOMERS_DATABASE_URL'] as string;
  await createOwner(url);
  const settings = (username: string, password: string) => ({
    CUSTOMERS_DATABASE_URL: Object.assign(new URL(url), { username, password }).href,
  });
  const stack = opened(await createStack({ ...databases.env, ...settings(older, 'older-password') }, 2));
  const replicas = [stack.start('customers', 0), stack.start('customers', 1)];
  await Promise.all(replicas.map((replica) => replica.said('listening', 20_000)));
  const others = serviceNames.filter((name) => name !== 'customers');
  await stack.startAll(...others.map((name) => [name] as const), ['gateway']);
  const session = opened(await openSession(stack.origin, secrets));
  const load = startLoad([session]);
  await goOn(load);
  // The recipe of docs/operations.md.
  await run(
    url,
    `create role ${newer} login password 'newer-password' in role ${older}`,
    `alter role ${newer} set role ${older}`,
  );
  for (const [index, replica] of replicas.entries()) {
    replica.signal('SIGTERM');
    expect(await replica.ended()).toBe(0);
    await stack.start('customers', index, settings(newer, 'newer-password')).said('listening', 20_000);
    await goOn(load);
  }
  await run(url, `alter role ${older} nologin password null`);
  await goOn(load);
  const { refused, broken, created } = await load.stop();
  expect([refused, broken]).toEqual([[], []]);
  expect(created.length).toBeGreaterThan(100);
});

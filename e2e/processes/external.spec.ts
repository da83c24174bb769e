import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { serviceNames } from '@platform/allinone';
import { createPostgres, type Postgres } from '@platform/postgres';
import { createDataFolder, type DataFolder } from './folder.js';
import { platformPorts } from './free-ports.js';
import { createOpen } from './open.js';
import { startProgram } from './program.js';
import { createAndRead, openSession } from './session.js';
import { sql } from './sql.js';
import { createStack, secrets } from './stack.js';
import { paste, printedTour, touredCustomer } from './tour.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

let folder: DataFolder;
let server: Postgres;
beforeAll(async () => {
  folder = createDataFolder();
  server = await createPostgres({ dataDir: folder.path, durable: false });
});
afterAll(async () => {
  await server.close();
  await folder.close();
});

const { opened, closeAll } = createOpen();
afterEach(closeAll);

async function dropDatabases(): Promise<void> {
  for (const name of serviceNames) await sql(server.url('postgres'), `drop database if exists ${name} with (force)`);
}

describe('an external PostgreSQL', () => {
  it('gets its databases from replicas that start together: migrated once, one admin, one application', async () => {
    await dropDatabases();
    const stack = opened(await createStack({ DATABASE_URL: server.url('postgres') }, 2));
    await stack.startAll(
      ...serviceNames.flatMap(
        (name) =>
          [
            [name, 0],
            [name, 1],
          ] as const,
      ),
      ['gateway'],
    );
    await createAndRead(opened(await openSession(stack.origin, secrets)));

    expect(await sql(server.url('directory'), 'select username, is_super_admin from app_user')).toEqual([
      { username: 'admin.user', is_super_admin: true },
    ]);
    expect(await sql(server.url('directory'), 'select consumer_key from consumer')).toEqual([
      { consumer_key: secrets.consumer_key },
    ]);
    for (const name of serviceNames) {
      const migrations = await sql<{ name: string }>(server.url(name), 'select name from migration');
      expect(migrations.length).toBeGreaterThan(0);
      expect(new Set(migrations.map(({ name }) => name)).size).toBe(migrations.length);
    }
  });

  it('serves a production start of everything, whose tour works', async () => {
    await dropDatabases();
    const own = opened(createDataFolder());
    const program = opened(
      startProgram('tools/start.mjs', {
        ...(await platformPorts()),
        NODE_ENV: 'production',
        DATA_DIR: own.path,
        DATABASE_URL: server.url('postgres'),
        ADMIN_PASSWORD: secrets.admin_password,
        CONSUMER_KEY: secrets.consumer_key,
        CONSUMER_SECRET: secrets.consumer_secret,
        CALLER_SECRET: 'given by whoever runs this production',
        JOURNAL_KEY: 'protects the journals of this one test',
      }),
    );
    await program.said('Ctrl-C stops everything', 20_000);
    expect(own.serverPid()).toBeUndefined();
    expect(program.output()).not.toContain(secrets.admin_password);
    const tour = printedTour(program.output())
      .replaceAll('<password>', secrets.admin_password)
      .replaceAll('<key>', secrets.consumer_key);
    expect(touredCustomer(await paste(tour))).toMatchObject({ legal_name: 'Eveline Tripman' });
    program.signal('SIGTERM');
    expect(await program.ended()).toBe(0);
  });

  it('may own one database per service and nothing else', async () => {
    const admin = server.url('postgres');
    const url = (name: string): string => {
      const one = new URL(server.url(`own_${name}`));
      [one.username, one.password] = [`own_${name}`, 'restricted'];
      return one.toString();
    };
    const databases = Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_DATABASE_URL`, url(name)]));
    for (const name of serviceNames) {
      await sql(admin, `create role own_${name} login nosuperuser nocreatedb nocreaterole password 'restricted'`);
      await sql(admin, `create database own_${name} owner own_${name}`);
    }
    await sql(admin, 'revoke connect on database postgres from public');
    const stack = opened(await createStack(databases));
    await stack.startAll();
    await createAndRead(opened(await openSession(stack.origin, secrets)));
  });
});

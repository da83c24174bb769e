import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { serviceNames } from '@platform/allinone';
import { createPostgres } from '@platform/postgres';
import { eventually } from '@platform/testing';
import { createDataFolder } from './folder.js';
import { freePorts } from './free-ports.js';
import { startLoad } from './load.js';
import { createOpen } from './open.js';
import { aCustomer, createAndRead, loginHeader, openSession } from './session.js';
import { sql } from './sql.js';
import { createStack, partsOf, ready, secrets, statusOf } from './stack.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

const { opened, closeAll } = createOpen();
afterEach(closeAll);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Line {
  readonly msg: string;
  readonly correlation_id: string;
  readonly err: { readonly type: string; readonly message: string; readonly code?: string };
}

/**
 * Finds the cause of a response by its Correlation-Id, first in the gateway's log line and then in the service's own:
 * two requests may share a look-up.
 */
function causeOf(correlation_id: string, output: string): Line['err'] | undefined {
  const lines = output
    .split('\n')
    .filter((line) => line.includes('"level":50'))
    .map((line) => JSON.parse(line) as Line);
  const find = (msg: string, id: string | undefined) =>
    lines.find((line) => line.msg === msg && line.correlation_id === id)?.err;
  const [, called] = /correlation_id (\S+)\)/.exec(find('request failed', correlation_id)?.message ?? '') ?? [];
  return find('rpc failed', called);
}

describe('a database that goes away', () => {
  it('costs answers with a code, never the service, and what is logged betrays nobody', async () => {
    const folder = opened(createDataFolder());
    const port = Number((await freePorts('postgres')).postgres);
    const startServer = () => createPostgres({ dataDir: folder.path, port, durable: false });
    let server = await startServer();
    opened({ close: () => server.close() });
    const stack = opened(await createStack({ DATABASE_URL: server.url('postgres'), LOG_LEVEL: 'trace' }));
    await stack.startAll();
    const session = opened(await openSession(stack.origin, secrets));
    const customer_id = await createAndRead(session);
    const recovers = async () => {
      const took = await eventually(
        5_000,
        'a success',
        async () =>
          (await session.create()).status === 201 &&
          (await session.read(customer_id)).status === 200 &&
          (await session.whoAmI()).status === 200,
      );
      process.stderr.write(`recovered ${took} ms after the database\n`);
    };

    const load = startLoad([session]);
    for (let time = 0; time < 4; time += 1) {
      await pause(300);
      await sql(
        server.url('postgres'),
        "select pg_terminate_backend(pid) from pg_stat_activity where datname in ('directory', 'customers')",
      );
    }
    await recovers();

    await server.close();
    const failed = await session.create();
    expect(failed).toMatchObject({ status: 408, body: { code: 408, message: expect.stringMatching(/^OBP-01000: /) } });
    await eventually(4_000, 'the gateway to say so', async () => (await statusOf(stack.origin, '/readyz')) === 503);
    // Each service detects the fault itself, so one may be later than another.
    await eventually(4_000, 'every part to be told', async () =>
      Object.values(await partsOf(stack.origin)).every((state) => state === 'not serving'),
    );
    server = await startServer();
    await recovers();
    await ready(stack.origin);

    const { refused, broken } = await load.stop();
    expect(broken).toEqual([]);
    for (const { status, body } of refused)
      expect(body).toEqual({ code: status, message: expect.stringMatching(/^OBP-\d{5}: /) });
    for (const { correlation_id } of [failed, ...refused].filter(({ status }) => status === 500))
      expect(causeOf(correlation_id, stack.output())).toBeDefined();

    await session.rest.send('POST', '/my/logins/direct', {
      headers: { DirectLogin: loginHeader({ ...secrets, admin_password: 'Another-secret-17' }) },
    });
    const logged = stack.output();
    expect(logged).not.toContain('Connection Error');
    for (const secret of [
      secrets.admin_password,
      'Another-secret-17',
      secrets.consumer_key,
      session.token,
      stack.env['CALLER_SECRET'] as string,
      ...Object.values(aCustomer),
    ]) {
      expect(logged).not.toContain(secret);
    }
  });
});

describe('a database that comes last', () => {
  it('is waited for, and the platform serves when it is there', async () => {
    const folder = opened(createDataFolder());
    const port = Number((await freePorts('postgres')).postgres);
    const stack = opened(await createStack({ DATABASE_URL: await urlOf(folder.path, port) }));
    const programs = [...serviceNames, 'gateway' as const].map((name) => stack.start(name));
    const services = programs.slice(0, -1).map((program) => program.said('waiting for the database'));
    await Promise.all([...services, programs.at(-1)?.said('listening')]);
    expect(await statusOf(stack.origin, '/readyz')).toBe(503);
    const server = await createPostgres({ dataDir: folder.path, port, durable: false });
    opened({ close: () => server.close() });
    await ready(stack.origin, 20_000);
    await createAndRead(opened(await openSession(stack.origin, secrets)));
  });

  it('is not waited for by who was told to stop', async () => {
    const folder = opened(createDataFolder());
    const port = Number((await freePorts('postgres')).postgres);
    const stack = opened(await createStack({ DATABASE_URL: await urlOf(folder.path, port) }));
    const program = stack.start('links');
    await program.said('waiting for the database');
    program.signal('SIGTERM');
    expect(await program.ended()).toBe(0);
  });
});

/** The URL of a server that has been created but is not running. */
async function urlOf(dataDir: string, port: number): Promise<string> {
  const server = await createPostgres({ dataDir, port, durable: false });
  await server.close();
  return server.url('postgres');
}

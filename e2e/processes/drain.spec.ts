import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { serviceNames } from '@platform/allinone';
import { eventually } from '@platform/testing';
import { type Load, type Results, startLoad } from './load.js';
import { createOpen } from './open.js';
import type { Program } from './program.js';
import { openSession } from './session.js';
import { countCustomers } from './sql.js';
import { createStack, emptyDatabases, ready, secrets, type Service, type Stack, statusOf } from './stack.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

const { opened, closeAll } = createOpen();
const replicas: readonly (readonly [Service, number])[] = serviceNames.flatMap(
  (name) =>
    [
      [name, 0],
      [name, 1],
    ] as const,
);
const programs: Program[] = [];
let stack: Stack;
let customers: string;

beforeAll(async () => {
  const databases = opened(await emptyDatabases());
  customers = databases.env['CUSTOMERS_DATABASE_URL'] as string;
  stack = opened(await createStack(databases.env, 2));
  programs.push(...replicas.map(([service, replica]) => stack.start(service, replica)));
  await Promise.all(programs.map((program) => program.said('listening', 20_000)));
});
afterAll(closeAll);

/** Waits until more customers are created, so that the load continues while every process is running. */
async function goOn(load: Load): Promise<void> {
  const wanted = load.results().created.length + 30;
  await eventually(10_000, 'the load to go on', () => load.results().created.length >= wanted);
}

/** Runs a gateway with a load on it. @returns the load's results, and how many customers were stored meanwhile */
async function underLoad(
  work: (load: Load, gateway: Program) => Promise<void>,
  keepAlive = true,
  told: Readonly<Record<string, string>> = {},
): Promise<Results & { stored: number }> {
  const gateway = stack.start('gateway', 0, told);
  await gateway.said('listening');
  await ready(stack.origin);
  const before = await countCustomers(customers);
  const session = await openSession(stack.origin, secrets, keepAlive);
  const load = startLoad([session]);
  await goOn(load);
  await work(load, gateway);
  const results = await load.stop();
  session.close();
  await gateway.close();
  return { ...results, stored: (await countCustomers(customers)) - before };
}

/** Restarts one replica after the other. */
async function restart(load: Load, which: (replica: number) => boolean, CALLER_SECRET: string): Promise<void> {
  for (const [index, [service, replica]] of replicas.entries()) {
    if (!which(replica)) continue;
    const program = programs[index] as Program;
    program.signal('SIGTERM');
    expect(await program.ended()).toBe(0);
    const started = stack.start(service, replica, { CALLER_SECRET });
    programs[index] = started;
    await started.said('listening');
    await goOn(load);
  }
}

function expectNothingLost({ refused, broken, created, read, stored }: Results & { stored: number }): void {
  expect(refused).toEqual([]);
  expect(broken).toEqual([]);
  expect([read, stored]).toEqual([created.length, created.length]);
}

describe('a rolling restart under load', () => {
  const newer = 'the next secret of all processes of this test';
  const older = () => stack.env['CALLER_SECRET'] as string;

  it('fails no request and creates every customer exactly once, also when the services are told of a new secret', async () => {
    expectNothingLost(await underLoad((load) => restart(load, () => true, `${older()},${newer}`)));
  });

  it('goes over to the new secret, some processes before the others', async () => {
    const told = { CALLER_SECRET: `${newer},${older()}` };
    expectNothingLost(
      await underLoad((load) => restart(load, (replica) => replica === 0, told.CALLER_SECRET), true, told),
    );
  });
});

describe('SIGTERM at the gateway under load', () => {
  async function stopUnderLoad(keepAlive: boolean): Promise<Results & { stored: number; codes: string[] }> {
    const results = await underLoad(async (_, gateway) => {
      gateway.signal('SIGTERM');
      expect(await gateway.ended()).toBe(0);
    }, keepAlive);
    return {
      ...results,
      codes: [...new Set(results.broken.map((error) => (error as NodeJS.ErrnoException).code ?? error.message))],
    };
  }

  it('says that it is closing, still serves for a moment, then takes no connections', async () => {
    const { broken } = await underLoad(async (load, gateway) => {
      gateway.signal('SIGTERM');
      await eventually(
        1_000,
        'the gateway to say that it is closing',
        async () => (await statusOf(stack.origin, '/readyz')) === 503,
      );
      expect(load.results()).toMatchObject({ refused: [], broken: [] });
      expect(await gateway.ended()).toBe(0);
      expect(await statusOf(stack.origin, '/readyz')).toBe(0);
    });
    expect(broken).not.toEqual([]);
  });

  it.each([
    ['kept', true],
    ['new', false],
  ])('answers everything on %s connections that it has accepted', async (_, keepAlive) => {
    const { refused, codes, created, stored } = await stopUnderLoad(keepAlive);
    expect(refused).toEqual([]);
    // The kernel resets connections that still waited to be accepted.
    expect(codes.filter((code) => code !== 'ECONNRESET')).toEqual(['ECONNREFUSED']);
    expect(stored).toBe(created.length);
  });
});

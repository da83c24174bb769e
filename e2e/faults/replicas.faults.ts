import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { serviceNames } from '@platform/allinone';
import { createPostgres, type Postgres } from '@platform/postgres';
import { createProxy, type Proxy } from '@platform/testing';
import { createDataFolder, type DataFolder } from '../processes/folder.js';
import { freePorts } from '../processes/free-ports.js';
import { createOpen } from '../processes/open.js';
import type { Program } from '../processes/program.js';
import { openSession, type Session } from '../processes/session.js';
import { sql } from '../processes/sql.js';
import { createStack, ready, secrets, type Service, type Stack } from '../processes/stack.js';
import { eventually } from '../processes/within.js';
import { type Outcome, startCheckedLoad } from './checked-load.js';
import { type Goal, missed, type Row, tableOf } from './table.js';

jest.setTimeout(600_000);

// Two replicas of everything behind two gateways, on one durable PostgreSQL server reached through a proxy.
const { opened, closeAll } = createOpen();
const replicas: readonly (readonly [Service, number])[] = [...serviceNames, 'gateway' as const].flatMap((name) => [[name, 0], [name, 1]] as const);
const programs = new Map<string, Program>();
const rows: Row[] = [];
let folder: DataFolder;
let port: number;
let server: Postgres;
let proxy: Proxy;
let stack: Stack;
let second: string;
let sessions: Session[];

const startServer = () => createPostgres({ dataDir: folder.path, port });
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function start(service: Service, replica: number, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const own: Record<string, string> = service === 'gateway' && replica === 1 ? { PORT: second.split(':').at(-1) as string } : {};
  const program = stack.start(service, replica, { ...own, ...more });
  programs.set(`${service}${replica}`, program);
  await program.said('listening', 30_000);
}
const programOf = (service: Service, replica: number) => programs.get(`${service}${replica}`) as Program;

beforeAll(async () => {
  folder = opened(createDataFolder());
  const ports = await freePorts('postgres', 'gateway');
  port = Number(ports.postgres);
  second = `http://127.0.0.1:${ports.gateway}`;
  server = await startServer();
  opened({ close: () => server.close() });
  proxy = opened(await createProxy(port));
  stack = opened(await createStack({ DATABASE_URL: server.url('postgres').replace(`:${port}/`, `:${proxy.port}/`) }, 2));
  await Promise.all(replicas.map(([service, replica]) => start(service, replica)));
  await Promise.all([ready(stack.origin), ready(second)]);
  sessions = [];
  for (const origin of [stack.origin, second]) sessions.push(opened(await openSession(origin, secrets)));
});
afterAll(async () => {
  process.stdout.write(`\n${tableOf(rows)}\n\n`);
  await closeAll();
});

/** Plays a fault under load, and looks at what was acknowledged afterwards. */
async function play(fault: string, goal: Goal, work: () => Promise<void>, clients = 8): Promise<void> {
  const load = startCheckedLoad(sessions, clients);
  await pause(1_000);
  let outcome: Outcome | undefined;
  try {
    await work();
    await eventually(30_000, 'everything to be well again', async () => (await Promise.all(sessions.map((session) => session.create()))).every(({ status }) => status === 201));
    await pause(500);
  } finally {
    outcome = await load.stop();
  }
  const stored = new Set((await sql<{ customer_id: string }>(server.url('customers'), 'select customer_id from customer')).map(({ customer_id }) => customer_id));
  const row: Row = { fault, outcome, goal, lost: outcome.acknowledged.filter((customer_id) => !stored.has(customer_id)).length };
  rows.push(row);
  expect(missed(row)).toEqual([]);
}

describe('what may break', () => {
  it('nothing', () => play('nothing, for 10 s', { failed: 0, gap_ms: 1_000 }, () => pause(10_000)));

  it('a replica of each service, killed', () =>
    play('kill -9 of one replica of each service, twice, started again', { failed: 0.01, gap_ms: 1_000 }, async () => {
      for (let round = 0; round < 2; round += 1) {
        for (const service of serviceNames) {
          programOf(service, round).signal('SIGKILL');
          await programOf(service, round).ended();
          await pause(1_000);
          await start(service, round);
          await pause(500);
        }
      }
    }));

  it('every process in turn, restarted in order', () =>
    play('rolling restart of the services by SIGTERM', { failed: 0, gap_ms: 1_000 }, async () => {
      for (const [service, replica] of replicas) {
        if (service === 'gateway') continue;
        programOf(service, replica).signal('SIGTERM');
        await programOf(service, replica).ended();
        await start(service, replica);
      }
    }));

  it('PostgreSQL, killed', () =>
    play('kill -9 of PostgreSQL, 20 times', { failed: 0.95, gap_ms: 15_000 }, async () => {
      for (let time = 0; time < 20; time += 1) {
        process.kill(folder.serverPid() as number, 'SIGKILL');
        await server.died;
        await server.close();
        server = await startServer();
        await eventually(10_000, 'a success', async () => (await (sessions[0] as Session).create()).status === 201);
        await pause(300);
      }
    }));

  it('the connections to PostgreSQL, silent', () =>
    play('connections to PostgreSQL go silent, 3 times', { failed: 0.5, gap_ms: 6_000 }, async () => {
      for (let time = 0; time < 3; time += 1) {
        proxy.silence();
        await pause(7_000);
      }
    }));

  it.each(serviceNames)('%s, standing still', (service) =>
    play(`SIGSTOP of one replica of ${service} for 15 s`, { failed: 0.5, gap_ms: 12_000 }, async () => {
      process.kill(programOf(service, 0).pid, 'SIGSTOP');
      await pause(15_000);
      process.kill(programOf(service, 0).pid, 'SIGCONT');
    }));

  it('clocks', () =>
    play('the clock of one replica of customers 20 s ahead', { failed: 0, gap_ms: 2_000 }, async () => {
      const shift = join(folder.path, 'clock.cjs');
      writeFileSync(shift, 'const now = Date.now; Date.now = () => now() + 20_000;\n');
      programOf('customers', 1).signal('SIGTERM');
      await programOf('customers', 1).ended();
      await start('customers', 1, { NODE_OPTIONS: `--require ${shift}` });
      await pause(5_000);
    }));

  it('more clients than connections', () =>
    play('one database connection for commands, 64 clients', { failed: 0.95, gap_ms: 6_000 }, async () => {
      for (const replica of [0, 1]) {
        programOf('customers', replica).signal('SIGTERM');
        await programOf('customers', replica).ended();
        await start('customers', replica, { DATABASE_POOL: '1' });
      }
      await pause(5_000);
    }, 64));
});

import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { serviceNames } from '@platform/allinone';
import { eventually } from '@platform/testing';
import { createOpen } from '../processes/open.js';
import { openBalanced } from './balanced.js';
import { clockAhead, clockOf } from './clock.js';
import { type Cluster, createCluster, pause } from './cluster.js';
import { type Goal, perform, short } from './play.js';

jest.setTimeout(600_000);

const { opened, closeAll } = createOpen();
let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(opened);
});
afterAll(closeAll);

const inOrder: Goal = { failed: 0, gap_ms: 1_000 };

describe('what may break', () => {
  it('nothing', () =>
    perform(cluster, { play: 'nothing', fault: `for ${short ? 3 : 10} s`, goal: inOrder }, () =>
      pause(short ? 3_000 : 10_000),
    ));

  it('kill-services', () =>
    perform(
      cluster,
      {
        play: 'kill-services',
        fault: `kill -9 of one replica of each service, ${short ? 'once' : 'twice'}, started again`,
        goal: { failed: 1, gap_ms: 1_000 },
      },
      async () => {
        for (const replica of short ? [0] : [0, 1]) {
          for (const service of serviceNames) {
            await cluster.replace(service, replica, { signal: 'SIGKILL', away_ms: short ? 200 : 1_000 });
            await pause(500);
          }
        }
      },
    ));

  it('restart-services', () =>
    perform(
      cluster,
      { play: 'restart-services', fault: 'rolling restart of the services by SIGTERM', goal: inOrder },
      async () => {
        for (const service of serviceNames) for (const replica of [0, 1]) await cluster.replace(service, replica);
      },
    ));

  it('kill-gateways', () =>
    perform(
      cluster,
      {
        play: 'kill-gateways',
        fault: `kill -9 of each gateway, ${short ? 'once' : '3 times'}`,
        goal: { failed: 1, gap_ms: 1_000 },
        clients: [opened(openBalanced(cluster.sessions))],
      },
      async () => {
        for (let time = 0; time < (short ? 1 : 3); time += 1) {
          for (const replica of [0, 1]) {
            await cluster.replace('gateway', replica, { signal: 'SIGKILL', away_ms: 1_000 });
            await pause(1_000);
          }
        }
      },
    ));

  it('restart-gateways', () =>
    perform(
      cluster,
      {
        play: 'restart-gateways',
        fault: `each gateway restarted by SIGTERM, ${short ? 'once' : '3 times'}`,
        goal: inOrder,
        clients: [opened(openBalanced(cluster.sessions))],
      },
      async () => {
        for (let time = 0; time < (short ? 1 : 3); time += 1) {
          for (const replica of [0, 1]) {
            await cluster.replace('gateway', replica);
            await pause(1_000);
          }
        }
      },
    ));

  it('kill-postgres', () =>
    perform(
      cluster,
      {
        play: 'kill-postgres',
        fault: `kill -9 of PostgreSQL, ${short ? 3 : 20} times`,
        goal: { failed: 95, gap_ms: 15_000 },
      },
      async () => {
        for (let time = 0; time < (short ? 3 : 20); time += 1) {
          await cluster.crashServer();
          await eventually(10_000, 'a success', async () => (await cluster.sessions[0].create()).status === 201);
          await pause(300);
        }
      },
    ));

  it('silent-postgres', () =>
    perform(
      cluster,
      {
        play: 'silent-postgres',
        fault: `connections to PostgreSQL go silent, ${short ? 'once' : '3 times'}`,
        goal: { failed: 50, gap_ms: 6_000 },
      },
      async () => {
        for (let time = 0; time < (short ? 1 : 3); time += 1) {
          cluster.silenceServer();
          await pause(7_000);
        }
      },
    ));

  it.each(serviceNames)('stop-%s', (service) =>
    perform(
      cluster,
      {
        play: `stop-${service}`,
        fault: `SIGSTOP of one replica of ${service} for ${short ? 7 : 15} s`,
        goal: { failed: 20, gap_ms: 3_000 },
      },
      async () => {
        const { pid } = cluster.program(service, 0);
        process.kill(pid, 'SIGSTOP');
        await pause(short ? 7_000 : 15_000).finally(() => process.kill(pid, 'SIGCONT'));
      },
    ),
  );

  it('clock', async () => {
    const { how, env } = clockAhead(20, cluster.folder);
    await perform(
      cluster,
      {
        play: 'clock',
        fault: `the clock of one replica of customers 20 s ahead, ${how}`,
        goal: { failed: 0, gap_ms: 2_000 },
      },
      async () => {
        await cluster.replace('customers', 1, { env });
        await pause(5_000);
        return [
          {
            what: 'its clock is ahead by',
            value: (clockOf(cluster.program('customers', 1)) - Date.now()) / 1_000,
            unit: 's',
            least: 14,
            most: 20.5,
          },
        ];
      },
    );
    await cluster.replace('customers', 1);
  });

  it('small-pool', () =>
    perform(
      cluster,
      {
        play: 'small-pool',
        fault: 'one database connection for commands, 64 clients',
        goal: { failed: 95, gap_ms: 6_000 },
        concurrency: 64,
      },
      async () => {
        for (const replica of [0, 1]) await cluster.replace('customers', replica, { env: { DATABASE_POOL: '1' } });
        await pause(5_000);
      },
    ));
});

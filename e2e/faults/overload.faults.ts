import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { createOpen } from '../processes/open.js';
import { bank, type Session } from '../processes/session.js';
import { fillBank } from '../processes/fill-bank.js';
import { type Cluster, createCluster, pause } from './cluster.js';
import { findPeak, goodputOf, type Offered, startReaders, watchHealth } from './overload.js';
import { perform, settle, slowdown } from './play.js';
import {
  endsOf,
  measurable,
  neededMegabytes,
  openSlowBody,
  openSlowHeaders,
  openUnread,
  openUnreadStreams,
  readAll,
  residentMegabytes,
  type SlowClient,
} from './slow-clients.js';
import { type Measure, quantile } from './table.js';

jest.setTimeout(600_000);

const list = `/obp/v5.1.0/banks/${bank}/customers?limit=40000`;
const { opened, closeAll } = createOpen();
let cluster: Cluster;
beforeAll(async () => {
  // The default settings; the other tests have a lighter load and do not want refusals.
  cluster = await createCluster(opened, {
    env: { MAX_REQUESTS_IN_FLIGHT: '200', MAX_EVENT_LOOP_DELAY_MS: '100', ...measurable },
  });
  await fillBank(cluster.url('customers'), 40_000);
});
afterAll(closeAll);

describe('clients that ask too much', () => {
  it('overload', async () => {
    // Compared with a list, a refusal costs little, and so does the load itself, which runs on the same cores.
    const readers = opened(startReaders(cluster, `/obp/v5.1.0/banks/${bank}/customers?limit=50`));
    await readers.offer(50, 3);
    const peak = await findPeak(readers);
    const seconds = 10;
    const health = watchHealth(cluster);
    const offered = await readers.offer(3 * peak, seconds);
    const { bad, times } = await health.stop();
    settle({
      play: 'overload',
      fault: 'lists of 50 customers at 3 times the capacity, for 10 s',
      requests: offered.sent,
      failed: failuresOf(offered),
      acknowledged: 0,
      lost: 0,
      times: offered.times,
      measures: [
        ...measuresOf(offered, peak, seconds),
        { what: 'health not 200', value: bad, most: 0 },
        { what: 'health p99', value: quantile(times, 0.99), unit: 'ms' },
      ],
    });
  });

  it('slow-clients', async () => {
    // Lists are read once before: memory for reading lists is not a leak, but memory kept for unread ones would be.
    await Promise.all(
      cluster.origins.flatMap((origin, place) =>
        Array.from({ length: 5 }, () => readAll(origin, list, (cluster.sessions[place] as Session).token)),
      ),
    );
    const pids = (['gateway', 'customers'] as const).map((service) =>
      [0, 1].map((replica) => cluster.program(service, replica).pid),
    );
    const needed = () => Promise.all(pids.map(neededMegabytes));
    await perform(
      cluster,
      {
        play: 'slow-clients',
        fault: '20 lists of 40,000 unread over HTTP/1.1 and 20 over HTTP/2, 20 requests sent byte by byte',
        goal: { failed: 0, gap_ms: 2_000 },
      },
      async (load) => {
        await pause(8_000);
        const before = { times: [...load.results().times], memory: await needed() };
        const since = load.results().times.length;
        const clients = await openSlowClients();
        const peaks = [...before.memory];
        const watching = setInterval(
          () =>
            pids.forEach((both, place) => (peaks[place] = Math.max(peaks[place] as number, residentMegabytes(both)))),
          500,
        );
        const ends = await endsOf(clients, 90_000).finally(() => clearInterval(watching));
        const during = load.results().times.slice(since);
        clients.forEach((client) => client.close());
        await pause(5_000);
        const after = await needed();
        return [
          { what: 'p50 of others, times slower', value: slowdown(before.times, during), most: 2 },
          ...[...ends].map(([kind, seconds]) => ({
            what: `${kind} ended after`,
            value: seconds,
            unit: 's',
            most: longest_s[kind] as number,
          })),
          ...['gateways', 'customers'].flatMap((who, place) =>
            memoryOf(who, before.memory[place] as number, peaks[place] as number, after[place] as number),
          ),
        ];
      },
    );
  });
});

/** The limit of each kind, plus the time that a busy machine needs to notice it. */
const longest_s: Readonly<Record<string, number>> = {
  'slow headers': 20,
  'slow body': 40,
  'unread over HTTP/1.1': 45,
  'unread over HTTP/2': 75,
};

async function openSlowClients(): Promise<SlowClient[]> {
  const clients: SlowClient[] = [];
  for (const [place, origin] of cluster.origins.entries()) {
    const { token } = cluster.sessions[place] as Session;
    for (let count = 0; count < 10; count += 1) clients.push(await openUnread(origin, list, token));
    clients.push(...openUnreadStreams(origin, list, token, 10));
    for (let count = 0; count < 5; count += 1)
      clients.push(
        await openSlowHeaders(origin),
        await openSlowBody(origin, `/obp/v5.1.0/banks/${bank}/customers`, token),
      );
  }
  return clients;
}

/** Reports the memory in use, and limits what has not been freed. */
function memoryOf(who: string, before: number, peak: number, after: number): Measure[] {
  return [
    { what: `memory of the ${who} before`, value: before, unit: 'MB' },
    { what: `of the ${who} at most`, value: peak, unit: 'MB' },
    { what: `of the ${who} after`, value: after, unit: 'MB', most: 1.3 * before },
  ];
}

function failuresOf({ answers, unanswered, broken }: Offered): Map<string, number> {
  const others = Object.entries(answers).filter(([kind]) => kind !== '200');
  return new Map(
    [...others, ['no answer', unanswered] as const, ['broken connection', broken] as const].filter(
      ([, count]) => count > 0,
    ),
  );
}

function measuresOf(offered: Offered, peak: number, seconds: number): Measure[] {
  const { due, sent, times, refusal_times, withoutRetryAfter, gap_ms, cpu_ms } = offered;
  return [
    { what: 'capacity', value: peak, unit: 'a second' },
    { what: 'offered / capacity', value: sent / seconds / peak, least: 2.5 },
    { what: 'due, without a free connection', value: (100 * (due - sent)) / due, unit: '%' },
    { what: 'goodput / capacity', value: goodputOf(offered, seconds) / peak, least: 0.9 },
    { what: 'p99 / p50 of what is taken', value: quantile(times, 0.99) / quantile(times, 0.5), most: 5 },
    { what: 'longest pause', value: gap_ms, unit: 'ms', most: 1_000 },
    { what: 'the load took', value: cpu_ms / 10 / seconds / availableParallelism(), unit: '% of the cores' },
    { what: 'refused after, p50', value: quantile(refusal_times, 0.5), unit: 'ms' },
    { what: 'refusals without Retry-After', value: withoutRetryAfter, most: 0 },
  ];
}

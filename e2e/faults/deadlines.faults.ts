import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import { eventually } from '@platform/testing';
import { createOpen } from '../processes/open.js';
import { bank, type Session } from '../processes/session.js';
import { type Cluster, createCluster, pause } from './cluster.js';
import { settle } from './play.js';
import type { Measure } from './table.js';

jest.setTimeout(120_000);

const { opened, closeAll } = createOpen();
let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(opened);
});
afterAll(closeAll);

/** A request has five seconds; its response may take a little longer on its way. Milliseconds. */
const longest_ms = 5_500;

describe('a request whose answer depends on who does not answer', () => {
  it('dead-customers', async () => {
    const [session] = cluster.sessions;
    const back = Promise.all(
      [0, 1].map((replica) => cluster.replace('customers', replica, { signal: 'SIGKILL', away_ms: 8_000 })),
    );
    await pause(500);
    const asked = await Promise.all([
      timed(session, 'a list', 'GET', `/banks/${bank}/customers`),
      timed(session, 'a search', 'POST', `/banks/${bank}/customers/legal-name`, { legal_name: 'Nobody' }),
      timed(session, 'a record', 'GET', `/banks/${bank}/customers/9fbb5c6e-0000-7000-8000-000000000000`),
    ]);
    tell('dead-customers', 'both replicas of customers killed', asked);
    await back;
    await wellAgain();
  });

  it('slow-attributes', async () => {
    const [session] = cluster.sessions;
    const { body } = await session.create();
    const path = `/banks/${bank}/customers/${String(body['customer_id'])}`;
    const pids = [0, 1].map((replica) => cluster.program('attributes', replica).pid);
    pids.forEach((pid) => process.kill(pid, 'SIGSTOP'));
    const asking: Promise<Timed>[] = [];
    try {
      // Some requests arrive while the look-ups of others are under way.
      for (let count = 0; count < 60; count += 1) {
        asking.push(timed(session, 'a record', 'GET', path));
        await pause(100);
      }
      await Promise.all(asking);
    } finally {
      pids.forEach((pid) => process.kill(pid, 'SIGCONT'));
    }
    tell('slow-attributes', 'SIGSTOP of both replicas of attributes, records asked for 6 s', await Promise.all(asking));
    await wellAgain();
  });
});

interface Timed {
  readonly what: string;
  readonly ms: number;
  readonly answer: string;
}

async function timed(
  { rest, token }: Session,
  what: string,
  verb: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<Timed> {
  const since = performance.now();
  const { status, body: answer } = await rest.send(verb, `/obp/v5.1.0${path}`, {
    headers: { DirectLogin: `token=${token}` },
    ...(body === undefined ? {} : { body }),
  });
  return { what, ms: performance.now() - since, answer: `${status} ${String(answer['message']).slice(0, 9)}` };
}

function tell(play: string, fault: string, asked: readonly Timed[]): void {
  const failed = new Map<string, number>();
  for (const { answer } of asked) failed.set(answer, (failed.get(answer) ?? 0) + 1);
  const measures = [...new Set(asked.map(({ what }) => what))].map((what): Measure => ({
    what: `${what} is answered after at most`,
    value: Math.max(...asked.filter((one) => one.what === what).map(({ ms }) => ms)),
    unit: 'ms',
    most: longest_ms,
  }));
  settle({
    play,
    fault,
    requests: asked.length,
    failed,
    acknowledged: 0,
    lost: 0,
    times: asked.map(({ ms }) => ms),
    measures,
  });
}

async function wellAgain(): Promise<void> {
  await eventually(
    30_000,
    'everything to be well again',
    async () => (await cluster.sessions[0].create()).status === 201,
  );
}

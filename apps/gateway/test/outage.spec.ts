import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createProxy, patient } from '@platform/testing';
import { createStage, type CustomerHandlers, serve, type Stage } from './gateway.js';

let stage: Stage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

const path = '/banks/a/customers-minimal';
const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

describe('a gateway whose peers are down', () => {
  it('says so within the deadline, with the Correlation-Id that the log has, and lives', async () => {
    stage = await createStage({});
    await stage.stopPeers();
    const started = Date.now();
    const answer = await stage.get(path);
    expect(Date.now() - started).toBeLessThan(patient(8_000));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([408, '1']);
    expect(((await answer.json()) as { message: string }).message).toMatch(/^OBP-01000/);
    expect(answer.headers.get('correlation-id')).toMatch(uuid);
    expect((await fetch(`${stage.origin}/livez`)).status).toBe(200);
    expect((await fetch(`${stage.origin}/readyz`)).status).toBe(503);
  }, 20_000);

  it('answers 501 for what no service has, when they are up', async () => {
    stage = await createStage({});
    const answer = await stage.get(path);
    expect([answer.status, ((await answer.json()) as { message: string }).message.slice(0, 9)]).toEqual([
      501,
      'OBP-10010',
    ]);
    expect((await fetch(`${stage.origin}/readyz`)).status).toBe(200);
  });
});

describe('a peer that does not take the gateway for what it is', () => {
  const list = {
    getCustomersMinimalAtOneBank: async function* () {
      yield { customers: [] };
    },
  } satisfies CustomerHandlers;

  it.each([
    ['slow', -90_000],
    ['fast', 90_000],
  ])('and whose clock is %s costs a time-out, never the login', async (_, by) => {
    stage = await createStage(list, {}, [], { clock: () => Date.now() + by });
    const answer = await stage.get(path);
    expect([
      answer.status,
      answer.headers.get('retry-after'),
      ((await answer.json()) as { message: string }).message.slice(0, 9),
    ]).toEqual([408, '1', 'OBP-01000']);
  });

  it('and whose clock is half a minute off is like any other', async () => {
    stage = await createStage(list, {}, [], { clock: () => Date.now() - 30_000 });
    expect((await stage.get(path)).status).toBe(200);
  });

  it('and has another secret costs an unknown error, never the login', async () => {
    stage = await createStage(list, { CALLER_SECRET: 'another secret, as long as it must be' });
    const answer = await stage.get(path);
    expect([answer.status, ((await answer.json()) as { message: string }).message.slice(0, 9)]).toEqual([
      500,
      'OBP-50000',
    ]);
  });
});

describe('the state of the parts', () => {
  const all = {
    agents: 'serving',
    events: 'serving',
    attributes: 'serving',
    customers: 'serving',
    directory: 'serving',
    links: 'serving',
  };
  const nowhere = '127.0.0.1:1';
  const state = async (on: Stage) => {
    const answer = await fetch(`${on.origin}/readyz`);
    return [answer.status, await answer.json()];
  };

  it('is told as JSON, and the gateway is ready', async () => {
    stage = await createStage({});
    expect(await state(stage)).toEqual([200, { status: 'ready', parts: all }]);
  });

  it('has no part in it but the directory', async () => {
    stage = await createStage({}, { AGENTS_ADDRESS: nowhere, CUSTOMERS_ADDRESS: nowhere });
    expect(await state(stage)).toEqual([
      200,
      { status: 'ready', parts: { ...all, agents: 'not serving', customers: 'not serving' } },
    ]);
  });

  it('is not ready without the directory', async () => {
    stage = await createStage({}, { DIRECTORY_ADDRESS: nowhere });
    expect(await state(stage)).toEqual([
      503,
      { status: 'waiting for directory', parts: { ...all, directory: 'not serving' } },
    ]);
  });

  it('tells within 3 s of a part that stands still', async () => {
    const links = await serve([]);
    const proxy = await createProxy(links.port);
    stage = await createStage({}, { LINKS_ADDRESS: `127.0.0.1:${proxy.port}` });
    expect(await state(stage)).toEqual([200, { status: 'ready', parts: all }]);
    proxy.silence();
    const since = Date.now();
    while (JSON.stringify(await state(stage)).includes('"links":"serving"')) await sleep(50);
    expect(Date.now() - since).toBeLessThan(patient(3_500));
    await proxy.close();
    await links.close();
  });
});

describe('a gateway that closes', () => {
  it('says so and serves on new connections, until it has lingered', async () => {
    stage = await createStage({}, { DRAIN_LINGER_MS: 600 });
    const since = Date.now();
    const closing = stage.closeGateway();
    const answer = await fetch(`${stage.origin}/readyz`);
    expect([answer.status, await answer.json(), answer.headers.get('connection')]).toMatchObject([
      503,
      { status: 'closing' },
      'close',
    ]);
    expect((await fetch(`${stage.origin}/obp/v5.1.0/root`)).status).toBe(200);
    await closing;
    expect(Date.now() - since).toBeLessThan(patient(1_500));
    await expect(fetch(`${stage.origin}/livez`)).rejects.toThrow();
  });

  it('finishes the request that runs and ends the connections that wait', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let entered = false;
    stage = await createStage({
      getCustomersMinimalAtOneBank: async function* () {
        entered = true;
        await gate;
        yield { customers: [] };
      },
    });
    const agent = new Agent({ keepAlive: true });
    const idle = await ask(stage, agent, '/obp/v5.1.0/root');
    expect(idle.statusCode).toBe(200);
    idle.resume();
    const running = ask(stage, agent, `/obp/v5.1.0${path}`);
    const other = ask(stage, new Agent({ keepAlive: true }), `/livez`);
    (await other).resume();
    while (!entered) await sleep(5);
    let closed = false;
    const closing = stage.closeGateway().then(() => (closed = true));
    await sleep(200);
    expect(closed).toBe(false);
    await expect(fetch(`${stage.origin}/livez`)).rejects.toThrow();
    release();
    const answer = await running;
    expect(answer.statusCode).toBe(200);
    answer.resume();
    await closing;
    agent.destroy();
  });
});

function ask(on: Stage, agent: Agent, target: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) =>
    httpGet({ agent, port: on.port, host: '127.0.0.1', path: target, headers: { DirectLogin: 'token=T' } }, resolve).on(
      'error',
      reject,
    ),
  );
}

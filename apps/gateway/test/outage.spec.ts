import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createStage, type Stage } from './gateway.js';

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
    expect(Date.now() - started).toBeLessThan(8_000);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([408, '1']);
    expect(((await answer.json()) as { message: string }).message).toMatch(/^OBP-01000/);
    expect(answer.headers.get('correlation-id')).toMatch(uuid);
    expect((await fetch(`${stage.origin}/livez`)).status).toBe(200);
    expect((await fetch(`${stage.origin}/readyz`)).status).toBe(503);
  }, 20_000);

  it('answers 501 for what no service has, when they are up', async () => {
    stage = await createStage({});
    const answer = await stage.get(path);
    expect([answer.status, ((await answer.json()) as { message: string }).message.slice(0, 9)]).toEqual([501, 'OBP-10010']);
    expect((await fetch(`${stage.origin}/readyz`)).status).toBe(200);
  });
});

describe('a gateway that closes', () => {
  it('says so and serves on new connections, until it has lingered', async () => {
    stage = await createStage({}, { DRAIN_LINGER_MS: 600 });
    const since = Date.now();
    const closing = stage.closeGateway();
    const answer = await fetch(`${stage.origin}/readyz`);
    expect([answer.status, await answer.json(), answer.headers.get('connection')]).toMatchObject([503, { status: 'closing' }, 'close']);
    expect((await fetch(`${stage.origin}/obp/v5.1.0/root`)).status).toBe(200);
    await closing;
    expect(Date.now() - since).toBeLessThan(1_500);
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
  return new Promise((resolve, reject) => httpGet({ agent, port: on.port, host: '127.0.0.1', path: target, headers: { DirectLogin: 'token=T' } }, resolve).on('error', reject));
}

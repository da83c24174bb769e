import { connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { patient } from '@platform/testing';
import { answerOf, openPost } from './edge.js';
import { createStage, type Stage } from './gateway.js';
import { ask, type PlainAnswer } from './plain-client.js';

const login = { DirectLogin: 'token=T' };
const json = { ...login, 'Content-Type': 'application/json' };
const body = '{"legal_name":"A","mobile_phone_number":"1"}';
const rpc = '/obp.customers.v1.CustomerService/CreateCustomer';
const list = '/obp/v5.1.0/banks/a/customers-minimal';
const tooBusy = { code: 429, message: 'OBP-10018: Too Many Requests.' };

let stage: Stage;
let running: Promise<PlainAnswer>[] = [];
let finish: () => void = () => undefined;
let leave: () => void = () => undefined;
afterEach(async () => {
  finish();
  leave();
  await stage.close();
});

/** An edge with a limit of ten requests, `requests` of them running: up to seven are lists that wait in a service. */
async function open(requests: number): Promise<void> {
  const finished = new Promise<void>((resolve) => (finish = resolve));
  let waiting = 0;
  stage = await createStage(
    {
      async *getCustomersMinimalAtOneBank() {
        waiting += 1;
        await finished;
        yield { customers: [] };
      },
    },
    { MAX_REQUESTS_IN_FLIGHT: 10 },
  );
  const before = Math.min(requests, 7);
  running = Array.from({ length: before }, () => ask(stage.port, list, { headers: login }));
  while (waiting < before) await sleep(5);
  // The others are logins that wait for the rest of their bodies.
  const session = connect(stage.origin).on('error', () => undefined);
  leave = () => session.destroy();
  for (let more = before; more < requests; more += 1)
    openPost(session, '/my/logins/direct')
      .on('error', () => undefined)
      .write('{');
  await sleep(100);
}

const get = (path: string, headers: Record<string, string> = login) => ask(stage.port, path, { headers });

async function expectRefused(answering: Promise<PlainAnswer>): Promise<void> {
  const since = performance.now();
  const { status, headers, bytes } = await answering;
  expect(performance.now() - since).toBeLessThan(patient(100));
  expect([status, JSON.parse(bytes.toString())]).toEqual([429, tooBusy]);
  expect(headers).toMatchObject({
    'retry-after': '1',
    'correlation-id': expect.anything(),
    'content-type': 'application/json;charset=utf-8',
  });
}

describe('an edge with more to do than it can', () => {
  it('refuses lists first', async () => {
    await open(7);
    await expectRefused(get(list));
    await expectRefused(get(`${list}?limit=1`));
    expect((await get('/obp/v5.1.0/root')).status).toBe(200);
    finish();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual(Array(7).fill(200));
    expect((await get(list)).status).toBe(200);
  });

  it('refuses other calls then, logins and health last or never', async () => {
    await open(9);
    for (const path of [list, '/obp/v5.1.0/root', '/', '/no/such', '/%']) await expectRefused(get(path));
    await expectRefused(ask(stage.port, '/obp/v5.1.0/banks/a/customers', { method: 'POST', headers: json, body }));
    expect(
      (
        await ask(stage.port, '/my/logins/direct', {
          method: 'POST',
          headers: { DirectLogin: 'username=a, password=b, consumer_key=c' },
        })
      ).status,
    ).not.toBe(429);
    expect((await get('/livez')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
    expect((await ask(stage.port, list, { method: 'OPTIONS' })).status).toBe(204);
  });

  it('refuses logins when nothing is left, and stays live', async () => {
    await open(10);
    await expectRefused(
      ask(stage.port, '/my/logins/direct', {
        method: 'POST',
        headers: { DirectLogin: 'username=a, password=b, consumer_key=c' },
      }),
    );
    expect([(await get('/livez')).status, (await get('/readyz')).status]).toEqual([200, 200]);
  });

  it('reads nothing more of what it refuses', async () => {
    await open(9);
    const session = connect(stage.origin);
    const stream = openPost(session, '/obp/v5.1.0/banks/a/customers', login);
    stream.write('{');
    expect(await answerOf(stream)).toMatchObject({ status: 429, text: JSON.stringify(tooBusy), code: 0 });
    session.destroy();
  });

  it('takes any number of rpcs and requests one after the other', async () => {
    await open(0);
    for (let count = 0; count < 30; count += 1) {
      const answer = await ask(stage.port, rpc, {
        method: 'POST',
        headers: { ...login, 'Content-Type': 'application/json' },
        body: '{}',
      });
      expect([count, answer.status === 429]).toEqual([count, false]);
      expect([count, (await get('/obp/v5.1.0/users/current')).status === 429]).toEqual([count, false]);
    }
  });

  it('refuses rpcs as their protocol has it', async () => {
    await open(9);
    const post = (type: string) =>
      ask(stage.port, rpc, {
        method: 'POST',
        headers: { ...login, 'Content-Type': type },
        body: type.endsWith('json') ? '{}' : Buffer.alloc(5),
      });
    const connectAnswer = await post('application/json');
    expect([connectAnswer.status, JSON.parse(connectAnswer.bytes.toString())]).toEqual([
      429,
      { code: 'resource_exhausted', message: tooBusy.message },
    ]);
    const web = await post('application/grpc-web+proto');
    for (const { headers } of [connectAnswer, web])
      expect(headers).toMatchObject({ 'retry-after': '1', 'correlation-id': expect.anything() });
    expect([web.status, web.headers['grpc-status'], web.headers['grpc-message']]).toEqual([200, '8', tooBusy.message]);
  });
});

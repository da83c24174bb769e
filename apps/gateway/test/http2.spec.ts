import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { EdgeServerOptions, RequestHandler } from '../src/http/edge-server.js';
import { answerOf, createEdge, createRoutes, openPost } from './edge.js';
import { createStage, type CustomerHandlers } from './gateway.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function open(port: number): Promise<ClientHttp2Session> {
  const session = connect(`http://127.0.0.1:${port}`);
  opened.push({ close: () => session.destroy() });
  await once(session, 'connect');
  return session;
}

async function edge(handler: RequestHandler, limits: EdgeServerOptions['session'] = {}): Promise<ClientHttp2Session> {
  const server = await createEdge({ handler, session: limits });
  opened.push(server);
  return open(server.port);
}

describe('an HTTP/2 body without a length', () => {
  it.each([
    ['that is malformed', '{"a":', 400, 'OBP-10001'],
    ['that is too long', ' '.repeat(2_000), 413, 'OBP-'],
    ['that is JSON', '{"a":1}', 404, 'OBP-10404'],
    ['that is empty', '', 404, 'OBP-10404'],
  ])('%s is read', async (_name, body, status, code) => {
    const session = await edge(createRoutes({}));
    const stream = openPost(session, '/no/such');
    stream.end(body);
    const answer = await answerOf(stream);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(`"message":"${code}`)]);
  });

  it('that never ends is 408, and its stream is closed', async () => {
    const session = await edge(createRoutes({ bodyPatience_ms: 100 }));
    const stream = openPost(session, '/no/such');
    stream.write('{"a":');
    expect(await answerOf(stream)).toEqual({
      status: 408,
      text: expect.stringContaining('"message":"OBP-01000'),
      whole: true,
      code: 0,
    });
    const other = openPost(session, '/no/such');
    other.end('{}');
    expect((await answerOf(other)).status).toBe(404);
  });

  it('that is too long and goes on has its stream closed', async () => {
    const session = await edge(createRoutes({}));
    const stream = openPost(session, '/no/such');
    stream.write(' '.repeat(2_000));
    expect(await answerOf(stream)).toMatchObject({ status: 413, whole: true, code: 0 });
  });
});

describe('the headers of an HTTP/2 request', () => {
  it('are limited like those of HTTP/1, whether or not the client knows', async () => {
    const session = await edge(createRoutes({}));
    const status = async (size: number) =>
      (await answerOf(session.request({ ':path': '/no/such', 'x-long': 'x'.repeat(size) }))).status;
    // The first request is sent before the settings have arrived.
    expect([
      await status(20_000),
      await status(16_000),
      await status(16_400),
      await status(60_000),
      await status(100),
    ]).toEqual([431, 404, 431, 431, 404]);
  });

  it('are refused in many pieces too, and the refusal says why', async () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`x-${index}`, 'x'.repeat(200)]));
    const { status, text } = await answerOf((await edge(createRoutes({}))).request({ ':path': '/no/such', ...many }));
    expect([status, text]).toEqual([
      431,
      '{"code":431,"message":"OBP-10034: Invalid URL parameters. The headers must not be longer than 16384 bytes."}',
    ]);
  });
});

describe('an HTTP/2 request that no handler gives up', () => {
  const late: RequestHandler = (request, response) => {
    request.resume();
    setTimeout(() => response.end('late'), 500);
  };

  it('is reset when it does not come whole', async () => {
    const stream = openPost(await edge((request) => void request.resume(), { request_ms: 100 }), '/');
    stream.write('x');
    expect(await answerOf(stream)).toMatchObject({ status: 0, code: 8 });
  });

  it('may wait for its answer when it has come whole', async () => {
    const stream = openPost(await edge(late, { request_ms: 100 }), '/');
    stream.end('x');
    expect(await answerOf(stream)).toMatchObject({ status: 200, text: 'late' });
  });
});

describe('an HTTP/2 session', () => {
  it('is closed after a while without requests', async () => {
    const session = await edge(createRoutes({}), { idle_ms: 200 });
    await once(session, 'close');
    expect(session.destroyed).toBe(true);
  });

  it('is kept as long as a request runs, then closed after a while', async () => {
    const session = await edge((_request, response) => void setTimeout(() => response.end('late'), 600), {
      idle_ms: 200,
    });
    const answers = [session.request({ ':path': '/' }), session.request({ ':path': '/' })].map(answerOf);
    expect(await Promise.all(answers)).toMatchObject([
      { status: 200, text: 'late' },
      { status: 200, text: 'late' },
    ]);
    expect(session.closed).toBe(false);
    await once(session, 'close');
  });
});

describe('an HTTP/2 client that goes away', () => {
  it('is no error', async () => {
    const logged: string[] = [];
    let entered = false;
    const answer = async () => {
      entered = true;
      await sleep(100);
      throw new Error('nobody waits for this');
    };
    const session = await edge(
      createRoutes({ edgeRoutes: [{ verb: 'GET', path: '/slow', versioned: false, answer }] }, logged),
    );
    const stream = session.request({ ':path': '/slow' });
    stream.on('error', () => undefined);
    while (!entered) await sleep(5);
    stream.close(8);
    while (logged.length === 0) await sleep(5);
    expect(logged).toEqual(['debug']);
  });

  const path = '/obp/v5.1.0/banks/a/customers-minimal?limit=1000000';
  const page = { customers: Array.from({ length: 500 }, () => ({ bank_id: 'a', customer_id: 'x'.repeat(100) })) };
  const list = async (handler: NonNullable<CustomerHandlers['getCustomersMinimalAtOneBank']>) => {
    const stage = await createStage({ getCustomersMinimalAtOneBank: handler });
    opened.push(stage);
    return (await open(stage.port)).request({ ':path': path, directlogin: 'token=T' });
  };

  it('stops its list', async () => {
    let made = 0;
    let stopped = false;
    const stream = await list(async function* () {
      try {
        for (; made < 2_000; made += 1) yield page;
      } finally {
        stopped = true;
      }
    });
    stream.on('error', () => undefined);
    await once(stream, 'response');
    for (let before = -1; before !== made; await sleep(300)) before = made;
    stream.close(8);
    for (let waited = 0; !stopped && waited < 300; waited += 1) await sleep(10);
    expect(stopped).toBe(true);
    expect(made).toBeLessThan(600);
  });

  it('is told by a reset when its list breaks in the middle', async () => {
    const stream = await list(async function* () {
      for (let from = 0; from < 10; from += 1) yield page;
      throw new Error('the database went away');
    });
    expect(await answerOf(stream)).toMatchObject({ status: 200, code: 2 });
  });
});

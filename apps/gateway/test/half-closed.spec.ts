import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { EdgeRoute } from '../src/http/edge-route.js';
import type { RequestHandler } from '../src/http/edge-server.js';
import { createEdge, createRoutes } from './edge.js';
import { createStage } from './gateway.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function serve(handler: RequestHandler): Promise<number> {
  const server = await createEdge({ handler });
  opened.push(server);
  return server.port;
}

/** Sends bytes, closes its side, and reads until the server has closed its side. */
function sendAndClose(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.end(text));
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    socket.once('error', reject).once('close', () => resolve(received));
  });
}

const post = (body: string, length = body.length) =>
  `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n${body}`;
const route = (verb: EdgeRoute['verb'], path: string, work: () => Promise<object>): EdgeRoute => ({
  verb,
  path,
  versioned: false,
  answer: async () => ({ status: 200, value: await work() }),
});

describe('a client that closes its side after its request', () => {
  const routes = () =>
    createRoutes({
      edgeRoutes: [
        route('GET', '/quick', async () => ({ path: 'quick' })),
        route('GET', '/slow', async () => sleep(100, { path: 'slow' })),
        route('POST', '/echo', async () => sleep(20, { path: 'echo' })),
      ],
    });
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

  it.each([
    ['a GET', get('/slow'), 'slow'],
    ['a POST', post('x=1'), 'echo'],
    ['a GET of HTTP/1.0', 'GET /quick HTTP/1.0\r\n\r\n', 'quick'],
  ])('has the answer of %s', async (_name, text, path) => {
    expect(await sendAndClose(await serve(routes()), text)).toMatch(
      new RegExp(`^HTTP/1\\.1 200 [^]*\\r\\n\\r\\n\\{"path":"${path}"\\}$`),
    );
  });

  it('is asked after again and again without more being kept for it each time', async () => {
    const counts: number[] = [];
    const handler: RequestHandler = ({ socket }, response) => {
      const look = () => counts.push(socket.listenerCount('close'));
      setTimeout(look, 400);
      setTimeout(() => (look(), response.end('done')), 1_900);
    };
    expect(await sendAndClose(await serve(handler), get('/'))).toContain('done');
    expect(counts[1]).toBe(counts[0]);
  });

  it('has the answers of all its requests', async () => {
    const answers = await sendAndClose(await serve(routes()), get('/slow') + get('/quick') + post('x=1'));
    expect(answers.match(/"path":"\w+"/g)).toEqual(['"path":"slow"', '"path":"quick"', '"path":"echo"']);
  });

  it('before the request is whole is refused', async () => {
    expect(await sendAndClose(await serve(routes()), post('x=1', 100))).toMatch(/^HTTP\/1\.1 400 [^]*OBP-10034/);
  });

  it('without a request is closed', async () => {
    expect(await sendAndClose(await serve(routes()), '')).toBe('');
  });

  it('has its answer also when that takes long', async () => {
    const slow = createRoutes({ edgeRoutes: [route('GET', '/slow', async () => sleep(900, { path: 'slow' }))] });
    const port = await serve(slow);
    const [text, old] = await Promise.all([
      sendAndClose(port, get('/slow')),
      sendAndClose(port, 'GET /slow HTTP/1.0\r\n\r\n'),
    ]);
    expect(text).toMatch(/^(HTTP\/1\.1 100 Continue\r\n\r\n){1,2}HTTP\/1\.1 200 [^]*\{"path":"slow"\}$/);
    expect(old).toMatch(/^HTTP\/1\.1 200 [^]*\{"path":"slow"\}$/);
  });

  it('has the whole of a long list', async () => {
    const page = { customers: Array.from({ length: 500 }, () => ({ bank_id: 'a', customer_id: 'x' })) };
    const stage = await createStage({
      getCustomersMinimalAtOneBank: async function* () {
        for (let from = 0; from < 20; from += 1) yield page;
      },
    });
    opened.push(stage);
    const text = await sendAndClose(
      stage.port,
      'GET /obp/v5.1.0/banks/a/customers-minimal?limit=10000 HTTP/1.0\r\nDirectLogin: token=T\r\n\r\n',
    );
    expect((JSON.parse(text.slice(text.indexOf('\r\n\r\n'))) as typeof page).customers).toHaveLength(10_000);
  });
});

describe('a client that closes both sides', () => {
  it('stops its work', async () => {
    let made = 0;
    let stopped = false;
    const stage = await createStage({
      async *getCustomersMinimalAtOneBank() {
        try {
          // Too little data to be written to the client by itself.
          for (; made < 900; made += 1, await sleep(10)) yield { customers: [{ bank_id: 'a', customer_id: 'x' }] };
        } finally {
          stopped = true;
        }
      },
    });
    opened.push(stage);
    const socket: Socket = connect(stage.port, '127.0.0.1', () =>
      socket.write(
        'GET /obp/v5.1.0/banks/a/customers-minimal?limit=1000 HTTP/1.1\r\nHost: a\r\nDirectLogin: token=T\r\n\r\n',
      ),
    );
    while (made === 0) await sleep(5);
    socket.destroy();
    while (!stopped) await sleep(10);
    expect(made).toBeLessThan(400);
  });
});

import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage, request } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { patient } from '@platform/testing';
import { answerOf } from './edge.js';
import { createStage, type Stage } from './gateway.js';

const path = '/obp/v5.1.0/banks/a/customers-minimal?limit=1000000';
const login = { directlogin: 'token=T' };
const write_ms = 400;
/** More than the system buffers for a client that does not read. */
const pages = 400;
const page = { customers: Array.from({ length: 500 }, () => ({ bank_id: 'a', customer_id: 'x'.repeat(100) })) };

let stage: Stage;
let opened: { destroy(): unknown }[];
/** How many lists are being produced. */
let running: number;

async function* list() {
  running += 1;
  try {
    for (let made = 0; made < pages; made += 1) yield page;
  } finally {
    running -= 1;
  }
}

beforeEach(async () => {
  [opened, running] = [[], 0];
  stage = await createStage({ getCustomersMinimalAtOneBank: list }, {}, [], { write_ms });
});
afterEach(async () => {
  opened.forEach((one) => one.destroy());
  await stage.close();
});

const ended = async () => {
  while (running > 0) await sleep(20);
};

async function responseOf(asking: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return response;
}

function session(socket?: Socket, port = stage.port): ClientHttp2Session {
  const own = connect(`http://127.0.0.1:${port}`, socket === undefined ? {} : { createConnection: () => socket });
  own.on('error', () => undefined);
  opened.push(own);
  return own;
}

describe('a list whose client reads nothing', () => {
  it('ends, and with HTTP/1 its connection', async () => {
    const asking = get({ port: stage.port, host: '127.0.0.1', path, headers: login });
    opened.push(asking);
    const response = await responseOf(asking);
    await ended();
    await expect(response.resume().toArray()).rejects.toThrow('aborted');
  });

  it("ends in time: Node's own limit is reached twice where the system has taken some of a write", async () => {
    await stage.close();
    const long_ms = 6_000;
    stage = await createStage({ getCustomersMinimalAtOneBank: list }, {}, [], { write_ms: long_ms });
    const asking = get({ port: stage.port, host: '127.0.0.1', path, headers: login });
    opened.push(asking);
    await responseOf(asking);
    const since = Date.now();
    await ended();
    const took_ms = Date.now() - since;
    expect(took_ms).toBeGreaterThan(0.95 * long_ms);
    // The bytes that wait to be sent are allowed extra time.
    expect(took_ms).toBeLessThan(patient(1.8 * long_ms));
  }, 20_000);

  it('ends as a stream of Connect too', async () => {
    const body = JSON.stringify({ bank_id: 'a', limit: 1_000_000 });
    const envelope = Buffer.concat([Buffer.from([0, 0, 0, 0, body.length]), Buffer.from(body)]);
    const asking = request({
      port: stage.port,
      host: '127.0.0.1',
      method: 'POST',
      path: '/obp.customers.v1.CustomerService/GetCustomersMinimalAtOneBank',
      headers: { ...login, 'content-type': 'application/connect+json' },
    });
    opened.push(asking);
    asking.end(envelope);
    const response = await responseOf(asking);
    expect(response.statusCode).toBe(200);
    while (running === 0) await sleep(5);
    await ended();
    await expect(response.resume().toArray()).rejects.toThrow('aborted');
  });

  it('ends as a stream of HTTP/2, whose connection serves others on', async () => {
    const own = session();
    const stream = own.request({ ':path': path, ...login });
    stream.on('error', () => undefined);
    await once(stream, 'response');
    const closed = once(stream, 'close');
    const others = setInterval(
      () =>
        own
          .request({ ':path': '/livez' })
          .on('error', () => undefined)
          .resume(),
      50,
    );
    try {
      await ended();
      stream.resume();
      await closed;
      expect(stream.rstCode).toBe(8);
      await sleep(2 * write_ms);
    } finally {
      clearInterval(others);
    }
    expect(await answerOf(own.request({ ':path': '/livez' }))).toMatchObject({ status: 200 });
  });

  it('ends with its HTTP/2 connection when that is not read at all', async () => {
    const socket = connectTcp(stage.port, '127.0.0.1');
    const through = session(socket);
    const stream = through.request({ ':path': path, ...login });
    stream.on('error', () => undefined);
    await once(stream, 'response');
    // Stops reading below HTTP/2, because the session would continue to read.
    (socket as unknown as { _handle: { readStop(): void } })._handle.readStop();
    await ended();
    // Checked by closing the server: it would wait for open connections.
    await sleep(2 * write_ms);
    const since = Date.now();
    await stage.closeGateway();
    expect(Date.now() - since).toBeLessThan(patient(900));
  });
});

describe('a list that is slow in coming', () => {
  it.each(['HTTP/1', 'HTTP/2'])("is not its client's fault: %s", async (protocol) => {
    const slow = await createStage(
      {
        getCustomersMinimalAtOneBank: async function* () {
          for (let made = 0; made < 4; made += 1) {
            yield page;
            await sleep(2 * write_ms);
          }
        },
      },
      {},
      [],
      { write_ms },
    );
    const text =
      protocol === 'HTTP/1'
        ? await (await fetch(`${slow.origin}${path}`, { headers: login })).text()
        : (await answerOf(session(undefined, slow.port).request({ ':path': path, ...login }))).text;
    expect((JSON.parse(text) as { customers: unknown[] }).customers).toHaveLength(2_000);
    await slow.close();
  });
});

import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { EdgeServerOptions, RequestHandler } from '../src/http/edge-server.js';
import { directLoginRoute } from '../src/auth/direct-login.js';
import { createEdge, createRoutes } from './edge.js';
import {
  flags,
  frame,
  getMalformed,
  getRoot,
  literal,
  openRaw,
  ping,
  type RawSession,
  request,
  reset,
  types,
} from './http2-frames.js';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function edge(
  options: Partial<EdgeServerOptions>,
  handler: RequestHandler = (_request, response) => void response.end('answer'),
): Promise<number> {
  const server = await createEdge({ handler, ...options });
  opened.push(server);
  return server.port;
}

async function raw(port: number, how: Parameters<typeof openRaw>[1] = {}): Promise<RawSession> {
  const session = await openRaw(port, how);
  opened.push({ close: () => session.socket.destroy() });
  return session;
}

/** @returns the error code of the GOAWAY; undefined if none came */
const farewell = ({ frames }: RawSession) => frames.find(([type]) => type === types.goaway)?.[1].readUInt32BE(4);
const settled = <T>(work: Promise<T>, within_ms: number) =>
  Promise.race([work, sleep(within_ms, undefined, { ref: false })]);

/** Whether the server has closed the connection completely, not only its sending side. */
async function isDestroyed({ socket }: RawSession): Promise<boolean> {
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (let tries = 0; tries < 150 && !socket.destroyed; tries += 1) {
    socket.write(ping);
    await settled(closed, 20);
  }
  return socket.destroyed;
}

describe('an HTTP/2 connection is destroyed', () => {
  const headers_ms = 300;

  it('when its headers do not come whole in time, also beside a request that runs, and drop by drop', async () => {
    const port = await edge({ session: { headers_ms } }, () => undefined);
    const silent = await raw(port, { answers: false });
    silent.write(frame(types.headers, flags.endStream, 1, getRoot));
    const dropping = await raw(port, { answers: false });
    dropping.write(request(1), frame(types.headers, flags.endStream, 3, getRoot));
    const drip = literal('x-drip', 'drop by drop');
    for (let drops = 0; drops < 7; drops += 1)
      setTimeout(
        () =>
          dropping.socket.destroyed || dropping.write(frame(types.continuation, 0, 3, drip.subarray(drops, drops + 1))),
        drops * 100,
      );
    for (const session of [silent, dropping]) {
      expect(await settled(session.ended, 2_000)).toBeGreaterThanOrEqual(headers_ms);
      expect(await isDestroyed(session)).toBe(true);
    }
  });

  it('when it acknowledges a ping amid its headers', async () => {
    const session = await raw(await edge({ session: { headers_ms } }));
    session.write(frame(types.headers, flags.endStream, 1, getRoot));
    expect(await settled(session.ended, 2_000)).toBeLessThan(2_000);
  });

  it('when nothing follows the preface', async () => {
    const session = await raw(await edge({ session: { headers_ms } }), { first: Buffer.alloc(0) });
    expect(await settled(session.ended, 1_000)).toBeGreaterThanOrEqual(headers_ms - 50);
    expect(await isDestroyed(session)).toBe(true);
  });

  it('when it was idle for too long, whether or not its client ends it', async () => {
    const session = await raw(await edge({ session: { idle_ms: 100 } }));
    expect(await settled(session.ended, 3_000)).toBeGreaterThanOrEqual(100);
    expect(await isDestroyed(session)).toBe(true);
  });

  it('when it gives up more requests than it may', async () => {
    const session = await raw(await edge({ session: { abandoned: { burst: 3, per_second: 0 } } }, () => undefined));
    session.write(request(1), reset(1), request(3), reset(3), request(5), reset(5));
    expect(await settled(session.ended, 300)).toBeUndefined();
    session.write(request(7), reset(7));
    await session.ended;
    expect(farewell(session)).toBe(11);
  });

  it.each([
    ['pings', ping],
    ['settings', frame(types.settings)],
  ])('when it sends more %s than it may', async (_name, control) => {
    const session = await raw(await edge({ session: { control: { burst: 4, per_second: 0 } } }));
    session.write(control, control, control);
    expect(await settled(session.ended, 300)).toBeUndefined();
    session.write(control, control);
    await session.ended;
    expect(farewell(session)).toBe(11);
  });
});

describe('an HTTP/2 connection is kept', () => {
  it('when a request was malformed and it answers', async () => {
    const session = await raw(await edge({ session: { headers_ms: 200 } }));
    session.write(request(1, getMalformed));
    expect(await settled(session.ended, 600)).toBeUndefined();
    session.write(request(3));
    await sleep(200);
    expect(session.frames.some(([type, payload]) => type === types.data && payload.toString() === 'answer')).toBe(true);
  });

  it('when it gives requests up no faster than it may', async () => {
    const session = await raw(await edge({ session: { abandoned: { burst: 1, per_second: 50 } } }, () => undefined));
    for (let stream = 1; stream < 20; stream += 2) {
      session.write(request(stream), reset(stream));
      await sleep(60);
    }
    expect(await settled(session.ended, 100)).toBeUndefined();
  });
});

describe('a request given up', () => {
  it('in the bytes behind it is no work, and its neighbours are answered', async () => {
    const seen: unknown[] = [];
    const session = await raw(
      await edge({}, ({ headers }, response) => void (seen.push(headers), response.end('answer'))),
    );
    session.write(request(1), reset(1), request(3), request(5), reset(5));
    for (let waited = 0; waited < 100 && !session.frames.some(([type]) => type === types.data); waited += 1)
      await sleep(10);
    await sleep(50);
    expect(seen).toHaveLength(1);
  });
});

describe('a login whose client has gone', () => {
  const login = 'username=a, password=b, consumer_key=c';
  /** Counts logins and the passwords that were checked; each check comes some time after the login was counted. */
  const watched = async () => {
    let counted = 0;
    let tried = 0;
    const addresses = {
      take: async () => undefined,
      logIn: async <T>(_login: unknown, _asker: unknown, work: () => Promise<T>): Promise<T> => {
        counted += 1;
        await sleep(200);
        return work();
      },
    };
    const sessions = { logIn: async () => `token ${(tried += 1)}` } as never;
    const port = await edge({}, createRoutes({ edgeRoutes: [directLoginRoute(sessions, addresses)] }));
    const wait = async () => {
      for (let waited = 0; waited < 100 && counted === 0; waited += 1) await sleep(10);
    };
    return { port, wait, seen: () => ({ counted, tried }) };
  };

  it('over HTTP/2 has no password checked', async () => {
    const { port, wait, seen } = await watched();
    const client = connectHttp2(`http://127.0.0.1:${port}`);
    opened.push({ close: () => client.destroy() });
    const stream = client
      .request({ ':method': 'POST', ':path': '/my/logins/direct', directlogin: login })
      .on('error', () => undefined);
    await wait();
    stream.close(8);
    await sleep(400);
    expect(seen()).toEqual({ counted: 1, tried: 0 });
  });

  it('over HTTP/1 has no password checked, and one that waits has', async () => {
    const { port, wait, seen } = await watched();
    const text = `POST /my/logins/direct HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nDirectLogin: ${login}\r\n\r\n`;
    const client = connect(port, '127.0.0.1', () => client.write(text));
    await wait();
    client.resetAndDestroy();
    await sleep(400);
    expect(seen()).toEqual({ counted: 1, tried: 0 });
    const patient = connect(port, '127.0.0.1', () => patient.write(text));
    expect(String((await once(patient, 'data'))[0])).toMatch(/^HTTP\/1\.1 201 /);
    patient.destroy();
  });
});

describe('connections', () => {
  it('beyond the limit are closed, and one that ends makes room', async () => {
    const port = await edge({ max_connections: 2 });
    const [first] = [await raw(port), await raw(port)];
    const third = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(third, 'close');
    first.socket.destroy();
    await sleep(100);
    const fourth = await raw(port);
    fourth.write(request(1));
    for (let waited = 0; waited < 100 && !fourth.frames.some(([type]) => type === types.data); waited += 1)
      await sleep(10);
    expect(fourth.frames.some(([type]) => type === types.data)).toBe(true);
  });
});

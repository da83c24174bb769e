import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answerOf, createEdge, createRoutes, openPost } from './edge.js';
import { ask, type PlainAnswer } from './plain-client.js';

const limit = 100_000;
let port = 0;
let close: () => Promise<void>;
beforeAll(async () => {
  const handler = createRoutes({
    bodyLimit: limit,
    edgeRoutes: [
      {
        verb: 'POST',
        path: '/form',
        versioned: false,
        answer: async ({ form }) => ({ status: 200, value: { a: form.get('a') } }),
      },
      { verb: 'GET', path: '/it', versioned: false, answer: async () => ({ status: 200, value: { it: true } }) },
    ],
  });
  const server = await createEdge({ handler });
  port = server.port;
  close = () => server.close();
});
afterAll(() => close());

const json = { 'Content-Type': 'application/json' };
/** The status and the message. */
const told = ({ status, bytes }: PlainAnswer) => [
  status,
  (JSON.parse(bytes.toString()) as { message?: string }).message,
];
const packed = (encoding: string, body: Buffer, type = 'application/json', path = '/no/such') =>
  ask(port, path, { method: 'POST', headers: { 'Content-Type': type, 'Content-Encoding': encoding }, body });

describe('a packed body', () => {
  const packers = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', Buffer.from],
  ] as const;

  it.each(packers)('is unpacked: %s', async (encoding, pack) => {
    const type = 'application/x-www-form-urlencoded';
    expect((await packed(encoding, pack('a=hello+w%C3%B6rld') as Buffer, type, '/form')).bytes.toString()).toBe(
      '{"a":"hello wörld"}',
    );
    expect(told(await packed(encoding, pack('{"a":1}') as Buffer))).toEqual([404, expect.stringMatching(/^OBP-10404/)]);
    expect(told(await packed(encoding, pack('{"a":') as Buffer))).toEqual([
      400,
      expect.stringMatching(/^OBP-10001: Incorrect json format\. /),
    ]);
  });

  it.each(['zstd', 'compress', 'gzip, br', 'aws-chunked', 'constructor', ';'])(
    'in %s is 415, which names what is accepted',
    async (encoding) => {
      const answer = await packed(encoding, gzipSync('{}'));
      expect(told(answer)).toEqual([
        415,
        'OBP-10001: Incorrect json format. The Content-Encoding of a body must be one of: gzip, deflate, br.',
      ]);
      expect(answer.headers['accept-encoding']).toBe('gzip, deflate, br');
    },
  );

  it.each([
    ['gzip', Buffer.from('{"a":1}')],
    ['gzip', gzipSync('{"a":1}').subarray(0, 20)],
    ['deflate', gzipSync('{}')],
    ['br', Buffer.from('{"a":1}')],
  ])('that is no %s is 400', async (encoding, body) => {
    expect(told(await packed(encoding, body))).toEqual([
      400,
      `OBP-10001: Incorrect json format. The body is not in the ${encoding} that its Content-Encoding names.`,
    ]);
  });

  it.each(['gzip', 'br'])('that is empty is none: %s', async (encoding) => {
    expect(told(await packed(encoding, Buffer.alloc(0)))[0]).toBe(404);
  });

  it.each(packers.slice(0, 5))('is counted unpacked: %s', async (encoding, pack) => {
    const padded = (size: number) => pack('{"a":1}'.padEnd(size, ' ')) as Buffer;
    expect(padded(limit * 50).length).toBeLessThan(limit);
    expect(told(await packed(encoding, padded(limit)))[0]).toBe(404);
    for (const size of [limit + 1, limit * 50])
      expect(told(await packed(encoding, padded(size)))).toEqual([413, expect.stringMatching(/100000 bytes/)]);
  });

  it('does not matter where no body is read', async () => {
    expect((await ask(port, '/it', { headers: { ...json, 'Content-Encoding': 'zstd' }, body: 'x' })).status).toBe(200);
    expect(told(await packed('zstd', Buffer.from('x'), 'text/plain'))[0]).toBe(404);
  });
});

describe('a malformed JSON body', () => {
  it.each(['GET', 'HEAD'])('of a %s is ignored', async (method) => {
    expect((await ask(port, '/it', { method, headers: json, body: '{"a":' })).status).toBe(200);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('of a %s is 400', async (method) => {
    expect(told(await ask(port, '/it', { method, headers: json, body: '{"a":' }))).toEqual([
      400,
      expect.stringMatching(/^OBP-10001/),
    ]);
  });
});

/** Sends the whole body before it reads any of the response, as many clients do. */
async function sendFirst(head: string, size: number, tail: string): Promise<{ text: string; error: string }> {
  const socket = connect(port, '127.0.0.1');
  let error = '';
  socket.on('error', ({ message }) => (error = message)).pause();
  await once(socket, 'connect');
  socket.write(head);
  socket.write(Buffer.alloc(size, 0x20));
  await new Promise<void>((resolve) => socket.once('close', resolve).write(tail, () => resolve()));
  let text = '';
  socket
    .setEncoding('utf8')
    .on('data', (chunk: string) => (text += chunk))
    .resume();
  if (!socket.destroyed) await once(socket, 'close');
  return { text, error };
}

describe('a body that is too long', () => {
  const size = 12_000_000;
  const head = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`;
  const chunked = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n`;

  it.each([
    ['with its length', head, ''],
    ['in chunks', chunked, '\r\n0\r\n\r\n'],
  ])('%s: whoever sends all of it has the refusal', async (_name, start, tail) => {
    const answer = await sendFirst(start, size, tail);
    expect(answer.error).toBe('');
    expect(answer.text).toMatch(
      /^HTTP\/1\.1 413 [^]*Connection: close[^]*\{"code":413,"message":"OBP-10001: .* 100000 bytes\."\}$/,
    );
  });

  it('is refused before it has come', async () => {
    const socket = connect(port, '127.0.0.1', () => socket.write(head));
    const [first] = (await once(socket.setEncoding('utf8'), 'data')) as [string];
    expect(first).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it('is read no further than a bound', async () => {
    const socket = connect(port, '127.0.0.1', () => socket.write(head.replace(String(size), '1000000000')));
    socket.on('error', () => undefined).resume();
    const chunk = Buffer.alloc(1_000_000, 0x20);
    let sent = 0;
    while (!socket.destroyed && sent < 200_000_000) {
      sent += chunk.length;
      await new Promise<void>((resolve) => socket.once('close', resolve).write(chunk, () => resolve()));
      socket.removeAllListeners('close');
    }
    expect(sent).toBeLessThan(40_000_000);
  });
});

describe('a body that is too long over HTTP/2', () => {
  let session: ClientHttp2Session;
  beforeAll(async () => {
    session = connectHttp2(`http://127.0.0.1:${port}`);
    await once(session, 'connect');
  });
  afterAll(() => session.destroy());

  /**
   * Sends megabytes one after the other, until `most` were sent or the stream is closed.
   * @returns how many were sent
   */
  const send = async (stream: ClientHttp2Stream, most: number): Promise<number> => {
    const closed = once(stream, 'close');
    let sent = 0;
    while (!stream.destroyed && sent < most) {
      sent += 1;
      await Promise.race([
        closed,
        new Promise<void>((resolve) => stream.write(Buffer.alloc(1_000_000, 0x20), () => resolve())),
      ]);
    }
    return sent;
  };

  it.each([
    ['with its length', { 'content-length': 12_000_000 }],
    ['without', {}],
  ])('%s: whoever sends all of it has the refusal', async (_name, headers) => {
    const stream = openPost(session, '/', headers);
    const answer = answerOf(stream);
    stream.pause();
    expect(await send(stream, 12)).toBe(12);
    expect(stream.destroyed).toBe(false);
    stream.end();
    stream.resume();
    expect(await answer).toEqual({ status: 413, whole: true, code: 0, text: expect.stringMatching(/100000 bytes/) });
  });

  it('is read no further than a bound, and its session goes on', async () => {
    const stream = openPost(session, '/');
    const answer = answerOf(stream);
    expect(await send(stream, 200)).toBeLessThan(40);
    expect(await answer).toMatchObject({ status: 413, whole: true, code: 0 });
    const next = openPost(session, '/no/such');
    next.end('{}');
    expect((await answerOf(next)).status).toBe(404);
  });
});

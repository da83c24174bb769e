import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { patient } from '@platform/testing';
import { sendRaw } from './http.js';
import { expectRefusal, newCustomer } from './operations.js';
import { type Person, type Platform, startPlatform } from './platform.js';

let platform: Platform;
let bank_id: string;
let person: Person;

beforeAll(async () => {
  platform = await startPlatform();
  bank_id = await platform.bank();
  person = await platform.person(`CanCreateCustomer@${bank_id}`, `CanGetCustomersMinimal@${bank_id}`);
});
afterAll(() => platform.close());

/** Sends a complete request and parses the response. */
async function raw(...lines: string[]): Promise<{ status: number; headers: string; code: unknown; message: string }> {
  const text = await sendRaw(platform.origin, `${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);
  const [head = '', body = ''] = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '').split('\r\n\r\n');
  const json = JSON.parse(body || '{}') as { code?: unknown; message?: string };
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]),
    headers: head.toLowerCase(),
    code: json.code,
    message: json.message ?? '',
  };
}

describe('a request that is no proper HTTP', () => {
  it.each<[string, string[], number, string]>([
    ['two Host headers', ['GET /obp/v5.1.0/root HTTP/1.1', 'Host: a', 'Host: b'], 400, 'OBP-09017: '],
    ['no Host header', ['GET /obp/v5.1.0/root HTTP/1.1'], 400, 'OBP-10034: '],
    [
      'two Authorization headers',
      [
        'GET /obp/v5.1.0/root HTTP/1.1',
        'Host: a',
        'Authorization: DirectLogin token=a',
        'Authorization: DirectLogin token=b',
      ],
      400,
      'OBP-09017: ',
    ],
    [
      'two DirectLogin headers',
      ['GET /obp/v5.1.0/root HTTP/1.1', 'Host: a', 'DirectLogin: token=a', 'directlogin: token=b'],
      400,
      'OBP-09017: ',
    ],
    [
      'a target of another host',
      ['GET http://elsewhere.example/obp/v5.1.0/root HTTP/1.1', 'Host: a'],
      400,
      'OBP-10034: ',
    ],
    ['a target without a slash', ['GET obp HTTP/1.1', 'Host: a'], 400, 'OBP-10034: '],
    ['a target of *', ['GET * HTTP/1.1', 'Host: a'], 400, 'OBP-10034: '],
    ['an unknown method', ['FETCH /obp/v5.1.0/root HTTP/1.1', 'Host: a'], 400, 'OBP-10034: '],
    ['the CONNECT method', ['CONNECT elsewhere.example:443 HTTP/1.1', 'Host: a'], 400, 'OBP-10034: '],
    ['another protocol', ['GET /obp/v5.1.0/root SPDY/9', 'Host: a'], 400, 'OBP-10034: '],
    [
      'a length that is no number',
      ['POST /obp/v5.1.0/banks HTTP/1.1', 'Host: a', 'Content-Length: x'],
      400,
      'OBP-10034: ',
    ],
    [
      'both a length and chunks',
      ['POST /obp/v5.1.0/banks HTTP/1.1', 'Host: a', 'Content-Length: 3', 'Transfer-Encoding: chunked'],
      400,
      'OBP-10034: ',
    ],
    [
      'headers of 20 KB',
      ['GET /obp/v5.1.0/root HTTP/1.1', 'Host: a', `X-Long: ${'x'.repeat(20_000)}`],
      431,
      'OBP-10034: ',
    ],
  ])('with %s is refused in OBP JSON', async (_name, lines, status, message) => {
    const answer = await raw(...lines);
    expect([answer.status, answer.code, answer.message.slice(0, message.length)]).toEqual([status, status, message]);
    expect(answer.headers).toContain('x-frame-options: deny');
    expect(answer.headers).toMatch(/correlation-id: [0-9a-f-]{36}/);
  });
});

describe('a request with headers of no concern here', () => {
  it.each([
    ['Expect: something'],
    ['Expect: 100-continue'],
    ['Upgrade: websocket'],
    ['Upgrade: h2c'],
    ['Range: bytes=0-1'],
    ['TE: trailers'],
    ['Accept-Encoding: gzip, br'],
  ])('is answered as without: %s', async (header) => {
    const answer = await raw('GET /obp/v5.1.0/users/current HTTP/1.1', 'Host: a', header);
    expect([answer.status, answer.code, answer.message.slice(0, 9)]).toEqual([401, 401, 'OBP-20001']);
  });
});

describe('a body', () => {
  const post = (body: string | Buffer, headers = {}) =>
    platform.call('POST', `/banks/${bank_id}/customers`, { token: person.token, body, headers });
  const around = (member: string) => `{"legal_name":"x","mobile_phone_number":"1",${member}}`;
  const nested = (levels: number) => around(`"x":${'['.repeat(levels)}${']'.repeat(levels)}`);

  it('of 1 MiB passes, a longer one is 413', async () => {
    const limit = 1_048_576;
    const padded = (size: number) => JSON.stringify(newCustomer).padEnd(size, ' ');
    expect((await post(padded(limit))).status).toBe(201);
    expectRefusal(await post(padded(limit + 1)), 413, /1048576 bytes/);
    expectRefusal(await platform.call('POST', '/no/such', { body: padded(limit + 1) }), 413, /1048576 bytes/);
  });

  it('in chunks is counted too', async () => {
    const chunk = `${(65_536).toString(16)}\r\n${' '.repeat(65_536)}\r\n`;
    const answer = await sendRaw(
      platform.origin,
      `POST /obp/v5.1.0/banks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}0\r\n\r\n`,
    ).catch((error: Error) => error.message);
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*\{"code":413,/i);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('packed by %s is stored unpacked', async (encoding, pack) => {
    const legal_name = `Packed ${encoding} ä`;
    const answer = await post(pack(JSON.stringify({ ...newCustomer, legal_name })), { 'content-encoding': encoding });
    expect([answer.status, answer.json.legal_name]).toEqual([201, legal_name]);
    expectRefusal(
      await post(pack(JSON.stringify(newCustomer).padEnd(1_048_577, ' ')), { 'content-encoding': encoding }),
      413,
      /1048576 bytes/,
    );
  });

  it('packed in another way is 415', async () => {
    expectRefusal(
      await post(gzipSync(JSON.stringify(newCustomer)), { 'content-encoding': 'zstd' }),
      415,
      /^OBP-10001: .* gzip, deflate, br\.$/,
    );
  });

  it('nested in 32 levels passes, a deeper one is 400', async () => {
    expect((await post(nested(31))).status).toBe(201);
    expectRefusal(await post(nested(32)), 400, /^OBP-10001: .*32 levels/);
    expectRefusal(await post(nested(100_000)), 400, /^OBP-10001: .*32 levels/);
  });

  it.each<[string, string | Buffer]>([
    ['text that is no JSON', 'not json'],
    ['an unquoted key', '{legal_name:"x"}'],
    ['single quotes', "{'legal_name':'x'}"],
    ['an end too early', '{"legal_name":"x"'],
    ['an unfinished string', '{"legal_name":"x'],
    ['text behind the value', `${JSON.stringify(newCustomer)} x`],
    ['two values', `${JSON.stringify(newCustomer)}{}`],
    ['a key twice', around('"title":"a","title":"b"')],
    ['an escaped key twice', around('"title":"a","t\\u0069tle":"b"')],
    ['a key twice inside', around('"credit_limit":{"currency":"a","currency":"b","amount":"1"}')],
    ['a comma too many', around('"title":"a",')],
    ['a comment', around('/* no */"title":"a"')],
    ['a number with a leading zero', around('"dependants":01')],
    ['NaN', around('"dependants":NaN')],
    ['a raw control character', around('"title":"a\nb"')],
    ['an unknown escape', around('"title":"\\x41"')],
    ['an escaped NUL', around('"title":"a\\u0000b"')],
    ['an escaped NUL in an unknown key', around('"a\\u0000b":1')],
    ['a lone high surrogate', around('"title":"\\ud800"')],
    ['a lone low surrogate', around('"title":"\\udc00x"')],
    ['surrogates the wrong way round', around('"title":"\\udc00\\ud800"')],
    [
      'bytes that are no UTF-8',
      Buffer.concat([
        Buffer.from('{"legal_name":"'),
        Buffer.from([0xff, 0xc3]),
        Buffer.from('","mobile_phone_number":"1"}'),
      ]),
    ],
    [
      'UTF-8 of a surrogate',
      Buffer.concat([
        Buffer.from('{"legal_name":"'),
        Buffer.from([0xed, 0xa0, 0x80]),
        Buffer.from('","mobile_phone_number":"1"}'),
      ]),
    ],
    ['UTF-16', Buffer.from(JSON.stringify(newCustomer), 'utf16le')],
  ])('with %s is 400 before everything, on any path', async (_name, body) => {
    expectRefusal(await post(body), 400, /^OBP-10001: Incorrect json format\. /);
    expectRefusal(await platform.call('POST', '/no/such/path', { body }), 400, /^OBP-10001: Incorrect json format\. /);
  });

  it.each(['null', '[]', '"x"', '1', 'true', '{}', ' ', ''])(
    'of %j has not the shape, which is told after the role',
    async (body) => {
      expectRefusal(
        await post(body),
        400,
        /^OBP-10001: Incorrect json format\. The Json body should be the PostCustomerJsonV310 /,
      );
    },
  );

  it('may begin with a byte order mark or blanks, and hold any character', async () => {
    const legal_name = '\u00e4\u{1F600}\u2028\u200b\ufeff"\\/\b\f\n\r\t\u007f';
    const { status, json } = await post(` \r\n\t${JSON.stringify({ ...newCustomer, legal_name })}\n`);
    expect([status, json.legal_name]).toEqual([201, legal_name]);
    expect(
      (await post(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(JSON.stringify(newCustomer))]))).status,
    ).toBe(201);
    expect((await post('{"legal_name":"\\ud83d\\ude00","mobile_phone_number":"1"}')).json.legal_name).toBe('\u{1F600}');
  });
});

describe('a body over HTTP/2, which needs no length', () => {
  /** Posts a body in two pieces. @returns the status and the body */
  const post = (...pieces: string[]) =>
    new Promise<[number | undefined, Record<string, unknown>]>((resolve, reject) => {
      const session = connectHttp2(platform.origin);
      const stream = session.request({
        ':method': 'POST',
        ':path': `/obp/v5.1.0/banks/${bank_id}/customers`,
        directlogin: `token=${person.token}`,
        'content-type': 'application/json',
      });
      let status: number | undefined;
      let text = '';
      stream.on('response', (headers) => (status = headers[':status']));
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      stream
        .on('error', reject)
        .on('close', () => session.close(() => resolve([status, JSON.parse(text) as Record<string, unknown>])));
      for (const piece of pieces) stream.write(piece);
      stream.end();
    });

  it('counts like any other', async () => {
    const text = JSON.stringify(newCustomer);
    expect(await post(text.slice(0, 9), text.slice(9))).toEqual([
      201,
      expect.objectContaining({ legal_name: newCustomer.legal_name }),
    ]);
    expect(await post(text.slice(0, 9))).toEqual([400, { code: 400, message: expect.stringMatching(/^OBP-10001: /) }]);
    expect(await post(text, ' '.repeat(1_048_576))).toEqual([
      413,
      { code: 413, message: expect.stringMatching(/1048576 bytes/) },
    ]);
    expect(await post()).toEqual([
      400,
      { code: 400, message: expect.stringMatching(/should be the PostCustomerJsonV310 /) },
    ]);
  });
});

describe('requests in one go', () => {
  it('are answered whole before nonsense behind them ends the connection', async () => {
    const text = await sendRaw(
      platform.origin,
      `GET /obp/v5.1.0/users/current HTTP/1.1\r\nHost: a\r\nDirectLogin: token=${person.token}\r\n\r\nnonsense\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ user_id: person.user_id });
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });
});

describe('a client that closes its side after its request', () => {
  it('is told of the customer that was stored for it', async () => {
    const body = JSON.stringify(newCustomer);
    const text = await new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connect(
        { port: Number(new URL(platform.origin).port), host: '127.0.0.1', allowHalfOpen: true },
        () => {
          socket.end(
            `POST /obp/v5.1.0/banks/${bank_id}/customers HTTP/1.1\r\nHost: a\r\nDirectLogin: token=${person.token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
          );
        },
      );
      socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
      socket.once('error', reject).once('close', () => resolve(received));
    });
    expect(text).toMatch(/HTTP\/1\.1 201 [^]*"customer_id"/);
  });
});

describe('a client that is slow or goes away', () => {
  it.each([
    ['in the first line', 'GET /obp'],
    ['in the headers', 'GET /obp/v5.1.0/root HTTP/1.1\r\nHost: a\r\nX-'],
    [
      'before the body',
      'POST /obp/v5.1.0/banks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"id"',
    ],
    ['without a byte', ''],
  ])('%s holds nobody up', async (_name, start) => {
    const waiting: Socket[] = Array.from({ length: 50 }, () =>
      connect(Number(new URL(platform.origin).port), '127.0.0.1'),
    );
    waiting.forEach((socket) => socket.on('error', () => undefined) && socket.write(start));
    const since = Date.now();
    expect((await platform.call('GET', '/root')).status).toBe(200);
    expect(Date.now() - since).toBeLessThan(patient(2_000));
    waiting.forEach((socket) => socket.destroy());
    expect((await platform.call('GET', '/root')).status).toBe(200);
  });

  it('stops within bounds when the headers never end', async () => {
    const since = Date.now();
    const answer = await sendRaw(platform.origin, 'GET /obp/v5.1.0/root HTTP/1.1\r\nHost: a\r\nX-', 15_000);
    expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*\{"code":408,"message":"OBP-01000: /);
    expect(Date.now() - since).toBeLessThan(patient(14_000));
  });

  it('stores nothing of half a body', async () => {
    const count = async () =>
      (
        (await platform.call('GET', `/banks/${bank_id}/customers-minimal?limit=1000`, { token: person.token })).json
          .customers as unknown[]
      ).length;
    const before = await count();
    const body = JSON.stringify(newCustomer);
    const head = `POST /obp/v5.1.0/banks/${bank_id}/customers HTTP/1.1\r\nHost: a\r\nDirectLogin: token=${person.token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length + 10}\r\n\r\n`;
    await sendRaw(platform.origin, head + body, 300);
    expect(await count()).toBe(before);
  });
});

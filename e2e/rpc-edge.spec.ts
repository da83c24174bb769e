import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendRaw } from './http.js';
import { type Platform, startPlatform } from './platform.js';
import { framed, framesOf, postHttp2, type RawAnswer } from './raw-http2.js';
import {
  bodyFor,
  codeFor,
  codeOf,
  createCustomer,
  createPost,
  listCustomers,
  newCustomer,
  onEvery,
  type Post,
  unaryTypes,
} from './rpc-call.js';

let platform: Platform;
let bank_id: string;
let post: Post;

beforeAll(async () => {
  platform = await startPlatform();
  bank_id = await platform.bank();
  post = createPost(platform, await platform.person(`CanCreateCustomer@${bank_id}`));
});
afterAll(() => platform.close());

const jsonOf = ({ body }: RawAnswer) => JSON.parse(body.toString()) as { code?: string; message?: string };

describe('a call of what is not served, whose request never ends', () => {
  const paths = [
    '/obp.customers.v1.CustomerService/Nothing',
    '/obp.customers.v1.CustomerService/BatchGetCustomers',
    '/grpc.health.v1.Health/Check',
    '/obp.none.v1.NoService/NoMethod',
  ];
  const open = (path: string, type: string, headers: Record<string, string> = {}) =>
    postHttp2(platform.origin, path, { headers: { 'content-type': type, ...headers }, leftOpen: true });

  it.each(['application/grpc', 'application/grpc+proto', 'application/grpc-web+proto', 'application/grpc-web-text'])(
    'is UNIMPLEMENTED at once, in the headers: %s',
    async (type) => {
      for (const path of [...paths, '/Greeter/SayHello', '/obp/v5.1.0/banks']) {
        const { headers, headersOnly, body } = await open(path, type);
        expect([headersOnly, body.length]).toEqual([true, 0]);
        expect(headers).toMatchObject({
          ':status': 200,
          'content-type': expect.stringContaining(type.replace('+proto', '')),
          'grpc-status': '12',
          'grpc-message': `${path} is not served here`,
          ...onEvery,
        });
      }
    },
  );

  it.each(['application/connect+json', 'application/connect+proto'])(
    'is unimplemented at once, as the end of a stream: %s',
    async (type) => {
      const { headers, body } = await open(paths[0] as string, type);
      expect(headers).toMatchObject({ ':status': 200, 'content-type': type, ...onEvery });
      const [[flags, end] = [0, Buffer.from('{}')]] = framesOf(body);
      expect([flags, JSON.parse(end.toString())]).toEqual([
        2,
        { error: { code: 'unimplemented', message: `${paths[0]} is not served here` } },
      ]);
    },
  );

  it.each([
    ['application/json', {}],
    ['application/proto', {}],
    ['application/json', { 'connect-protocol-version': '1' }],
  ])('is unimplemented at once, as Connect has it: %s %j', async (type, headers) => {
    for (const path of paths) {
      const answer = await open(path, type, headers);
      expect(answer.headers).toMatchObject({ ':status': 501, 'content-type': 'application/json', ...onEvery });
      expect(jsonOf(answer)).toEqual({ code: 'unimplemented', message: `${path} is not served here` });
    }
  });

  it.each(['application/json', 'application/grpc-web+proto'])('is answered over HTTP/1.1 too: %s', async (type) => {
    const answering = sendRaw(
      platform.origin,
      `POST ${paths[0]} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      1_500,
    );
    expect(await answering).toMatch(
      type === 'application/json'
        ? /^HTTP\/1\.1 501 [\s\S]*"code":"unimplemented"/
        : /^HTTP\/1\.1 200 [\s\S]*grpc-status: 12/,
    );
  });
});

describe('a body that does not parse', () => {
  const garbage = Buffer.from('ff00ff00ff', 'hex');

  it.each(unaryTypes)('is an invalid argument: %s', async (type) => {
    const answer = await post(createCustomer, type, bodyFor(type, garbage));
    expect([answer.headers[':status'], codeOf(type, answer)]).toEqual([
      type === 'application/proto' ? 400 : 200,
      codeFor(type, '3', 'invalid_argument'),
    ]);
    expect(answer.headers).toMatchObject(onEvery);
  });

  it('is one in a stream too', async () => {
    for (const type of ['application/connect+proto', 'application/grpc', 'application/grpc-web']) {
      const answer = await post(listCustomers, type, framed(garbage));
      expect([type, codeOf(type, answer)]).toEqual([type, codeFor(type, '3', 'invalid_argument')]);
      expect(answer.headers).toMatchObject(onEvery);
    }
  });

  it.each([
    ['application/json', '{'],
    ['application/json', '[]'],
    ['application/json', '{"bankId":1}'],
    ['application/json;charset=utf-8', '\xff'],
  ])('is one as JSON: %s %s', async (type, body) => {
    const answer = await post(createCustomer, type, Buffer.from(body, 'latin1'));
    expect([answer.headers[':status'], jsonOf(answer).code]).toEqual([400, 'invalid_argument']);
    expect(answer.headers).toMatchObject(onEvery);
  });

  it('is one where its compression is broken', async () => {
    const answer = await post(createCustomer, 'application/proto', garbage, { 'content-encoding': 'gzip' });
    expect([answer.headers[':status'], jsonOf(answer).code]).toEqual([400, 'invalid_argument']);
  });
});

describe('a body that is too long', () => {
  // The bytes of its length are ASCII.
  const bytes = new Uint8Array(0x2d_00_00);

  it.each(unaryTypes)('is refused, and the refusal is read: %s', async (type) => {
    const answer = await post(createCustomer, type, bodyFor(type, bytes));
    expect([answer.headers[':status'], codeOf(type, answer)]).toEqual([
      type === 'application/proto' ? 429 : 200,
      codeFor(type, '8', 'resource_exhausted'),
    ]);
  });

  it('is refused in a stream and as JSON too', async () => {
    expect(
      codeOf('application/connect+proto', await post(listCustomers, 'application/connect+proto', framed(bytes))),
    ).toBe('resource_exhausted');
    expect(jsonOf(await post(createCustomer, 'application/json', Buffer.from(bytes))).code).toBe('resource_exhausted');
  });

  it('hides no other refusal', async () => {
    expect((await post(createCustomer, 'application/xml', Buffer.from(bytes))).headers[':status']).toBe(415);
    expect((await post(createCustomer, 'application/grpc+thrift', framed(bytes))).headers['grpc-status']).toBe('3');
    expect(
      (await post('/obp.none.v1.NoService/NoMethod', 'application/grpc', framed(bytes))).headers['grpc-status'],
    ).toBe('12');
    expect(jsonOf(await post('/obp.none.v1.NoService/NoMethod', 'application/json', Buffer.from(bytes))).code).toBe(
      'unimplemented',
    );
  });

  it.each(['application/json', 'application/proto', 'application/grpc-web'])(
    'leaves an HTTP/1.1 connection in order: %s',
    async (type) => {
      const body = (type.includes('grpc') ? framed(bytes) : Buffer.from(bytes)).toString();
      const answer = await sendRaw(
        platform.origin,
        `POST ${createCustomer} HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(
        /^HTTP\/1\.1 (429|200) [^]*(resource_exhausted|grpc-status: 8)[^]*HTTP\/1\.1 200 [^]*"live"/,
      );
    },
  );
});

describe('headers that are too long', () => {
  const long = { 'x-long': 'x'.repeat(20_000) };

  it.each(unaryTypes)('are refused: %s', async (type) => {
    for (const path of [createCustomer, '/obp.none.v1.NoService/NoMethod']) {
      const answer = await post(path, type, bodyFor(type, newCustomer(bank_id)), long);
      expect([answer.headers[':status'], codeOf(type, answer)]).toEqual([
        type === 'application/proto' ? 431 : 200,
        codeFor(type, '8', 'resource_exhausted'),
      ]);
    }
  });

  it('are refused in a stream too', async () => {
    expect(
      codeOf(
        'application/connect+proto',
        await post(listCustomers, 'application/connect+proto', framed(new Uint8Array()), long),
      ),
    ).toBe('resource_exhausted');
  });
});

describe('a call that no protocol has', () => {
  it.each([createCustomer, listCustomers])('is told what %s takes', async (path) => {
    const types =
      path === listCustomers
        ? 'application/connect+json, application/connect+proto'
        : 'application/json, application/proto';
    for (const type of [
      'text/plain',
      'application/xml',
      'application/jsonp',
      ...(path === listCustomers ? ['application/json', 'application/proto'] : []),
    ]) {
      const {
        status,
        headers,
        json: answer,
      } = await platform.send('POST', path, { body: '{}', headers: { 'content-type': type } });
      expect([status, answer.code, headers.accept]).toEqual([
        415,
        'invalid_argument',
        `${types}, application/grpc, application/grpc-web, application/grpc-web-text`,
      ]);
      expect(answer.message).toContain(`"${type}"`);
      expect(headers).toMatchObject(onEvery);
    }
  });

  it('has a status of its protocol where the type is of one', async () => {
    const { headers, headersOnly } = await post(
      createCustomer,
      'application/grpc+thrift',
      framed(newCustomer(bank_id)),
    );
    expect([headersOnly, headers['grpc-status']]).toEqual([true, '3']);
    const answer = await post(createCustomer, 'application/connect+json', framed(newCustomer(bank_id)));
    expect(codeOf('application/connect+json', answer)).toBe('invalid_argument');
  });

  it.each(['GET', 'PUT', 'DELETE'])('is told which verb: %s', async (verb) => {
    const { status, headers, json: answer } = await platform.send(verb, createCustomer);
    expect([status, headers.allow, answer.code]).toEqual([405, 'POST', 'unimplemented']);
    expect(headers).toMatchObject(onEvery);
  });

  it('and no Host is refused, and others do not suffer', async () => {
    const answer = await sendRaw(
      platform.origin,
      `POST ${createCustomer} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"invalid_argument"/);
    expect((await platform.send('GET', '/livez')).status).toBe(200);
  });

  it('is asked for before a browser calls it', async () => {
    const { status, headers } = await platform.send('OPTIONS', createCustomer, {
      headers: {
        origin: 'http://elsewhere.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'directlogin,x-grpc-web',
      },
    });
    expect([status, headers['access-control-allow-methods'], headers['access-control-allow-headers']]).toEqual([
      204,
      expect.stringContaining('POST'),
      expect.stringMatching(/^\*, .*DirectLogin, .*X-Grpc-Web/),
    ]);
  });
});

import { connect } from 'node:http2';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fail } from '@platform/failure';
import { type CustomersMinimal, Failure } from '@platform/messages';
import { createStage, type Stage } from './gateway.js';
import { ask, type PlainRequest } from './plain-client.js';

const login = { DirectLogin: 'token=T' };
const list = '/obp/v5.1.0/banks/a/customers-minimal';
const documents = ['openapi', 'swagger', 'obp'].map((kind) => `/obp/v5.1.0/resource-docs/v5.1.0/${kind}`);

let stage: Stage;
beforeAll(async () => {
  stage = await createStage({
    async *getCustomersMinimalAtOneBank({ limit }): AsyncGenerator<CustomersMinimal> {
      if (limit === 1) fail(Failure.FAILURE_INVALID_LIMIT);
      for (let sent = 0; sent < (limit ?? 1); sent += 500)
        yield {
          customers: Array.from({ length: 500 }, (_, index) => ({ bank_id: 'a', customer_id: String(sent + index) })),
        };
    },
  });
});
afterAll(() => stage.close());

const get = (path: string, request: PlainRequest = {}) =>
  ask(stage.port, path, { ...request, headers: { ...login, ...request.headers } });
const keptBy = (headers: Readonly<Record<string, unknown>>) => [
  headers['cache-control'],
  headers['pragma'],
  headers['expires'],
];

describe('what caches are told', () => {
  it.each<[string, number, string, PlainRequest]>([
    ['an answer', 200, list, {}],
    ['a long list', 200, `${list}?limit=2000`, {}],
    ['a public answer', 200, '/obp/v5.1.0/root', {}],
    ['an answer of the gateway itself', 200, '/livez', {}],
    ['a refusal', 400, `${list}?limit=1`, {}],
    ['a login that is none', 401, list, { headers: { DirectLogin: '', Authorization: 'Bearer x.y.z' } }],
    ['an unknown path', 404, '/no/such', {}],
    ['an answer without a body', 204, list, { method: 'OPTIONS' }],
  ])('of %s: nobody keeps it', async (_name, status, path, request) => {
    const before = Date.now();
    const answer = await get(path, request);
    expect(answer.status).toBe(status);
    const [control, pragma, expires] = keptBy(answer.headers);
    expect([control, pragma]).toEqual(['no-cache, private, no-store', 'no-cache']);
    expect(String(expires)).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
    expect(Math.abs(Date.parse(String(expires)) - before)).toBeLessThan(5_000);
  });

  it('of what is no HTTP: nobody keeps it', async () => {
    const answer = await ask(stage.port, '/', { headers: { 'X-Long': 'x'.repeat(20_000) } });
    expect(answer.status).toBe(431);
    expect(keptBy(answer.headers).slice(0, 2)).toEqual(['no-cache, private, no-store', 'no-cache']);
  });

  it('of an rpc: nobody keeps it', async () => {
    const rpc = '/obp.customers.v1.CustomerService/GetCustomersMinimalAtOneBank';
    const answer = await ask(stage.port, rpc, {
      method: 'POST',
      headers: { ...login, 'Content-Type': 'application/connect+json' },
      body: Buffer.concat([Buffer.from([0, 0, 0, 0, 15]), Buffer.from('{"bankId": "a"}')]),
    });
    expect(answer.status).toBe(200);
    expect(keptBy(answer.headers).slice(0, 2)).toEqual(['no-cache, private, no-store', 'no-cache']);
  });

  it.each(documents)('of %s, which is the same for everybody: to ask each time', async (path) => {
    const answer = await get(path);
    expect([answer.status, ...keptBy(answer.headers)]).toEqual([200, 'no-cache', undefined, undefined]);
    expect(answer.headers.etag).toMatch(/^[0-9a-f]{64}$/);
  });

  it('of documents that need a role: nobody keeps them', async () => {
    const closed = await createStage({}, { RESOURCE_DOCS_REQUIRES_ROLE: true });
    const answer = await ask(closed.port, documents[0] as string, { headers: login });
    expect([answer.status, answer.headers['cache-control']]).toEqual([403, 'no-cache, private, no-store']);
    await closed.close();
  });

  it.each([list, documents[0] as string])('of %s when the client has it: nothing', async (path) => {
    const { headers } = await get(path);
    const again = await get(path, { headers: { 'If-None-Match': String(headers.etag) } });
    expect([again.status, again.bytes.length, again.headers.etag, ...keptBy(again.headers)]).toEqual([
      304,
      0,
      headers.etag,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('what browsers are told', () => {
  const origin = 'https://app.example.com';
  const rpc = '/obp.views.v1.RootService/GetRoot';
  let strict: Stage;
  beforeAll(async () => {
    strict = await createStage({}, { PUBLIC_URL: 'https://gateway.test', CORS_ORIGINS: [origin] });
  });
  afterAll(() => strict.close());

  it.each<[string, number, string, PlainRequest]>([
    ['an answer', 200, '/obp/v5.1.0/root', {}],
    ['a refusal', 401, '/obp/v5.1.0/users/current', {}],
    ['a page', 200, '/', {}],
    ['a preflight', 204, '/obp/v5.1.0/banks', { method: 'OPTIONS' }],
    ['an rpc', 200, rpc, { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } }],
    [
      'an rpc that is not served',
      501,
      `${rpc}s`,
      { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } },
    ],
    ['an answer not sent twice', 304, '/obp/v5.1.0/root', { headers: { 'If-None-Match': '' } }],
  ])(
    'of %s: one origin may read it, by TLS, as the type that it has',
    async (_name, status, path, { headers, ...request }) => {
      const none: Record<string, string> =
        headers?.['If-None-Match'] === undefined
          ? {}
          : { 'If-None-Match': String((await ask(strict.port, path)).headers.etag) };
      for (const [from, allowed] of [
        [origin, origin],
        ['https://other.example.com', undefined],
      ] as const) {
        const answer = await ask(strict.port, path, { ...request, headers: { ...headers, ...none, Origin: from } });
        expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([status, allowed]);
        expect(answer.headers).toMatchObject({
          vary: expect.stringMatching(/^Origin/),
          'x-content-type-options': 'nosniff',
          'strict-transport-security': 'max-age=31536000',
        });
        expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
      }
    },
  );

  it('of what is no HTTP: the same', async () => {
    const answer = await ask(strict.port, '/', { headers: { 'X-Long': 'x'.repeat(20_000) } });
    expect(answer.headers).toMatchObject({
      vary: 'Origin',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': 'max-age=31536000',
    });
  });

  it('of a packed answer: it depends on both', async () => {
    expect(
      (await ask(strict.port, '/explorer/main.js', { headers: { Origin: origin, 'Accept-Encoding': 'gzip' } })).headers
        .vary,
    ).toBe('Origin, Accept-Encoding');
  });
});

describe('HEAD', () => {
  const paths = [
    list,
    `${list}?limit=5000`,
    `${list}?limit=1`,
    '/obp/v5.1.0/root',
    documents[0] as string,
    '/livez',
    '/readyz',
    '/',
    '/explorer/main.js',
    '/no/such',
    '/obp/v5.1.0/users/current/x',
  ];
  /** The headers that are the same each time. */
  const told = ({
    'correlation-id': _id,
    date: _date,
    expires: _expires,
    connection: _connection,
    'transfer-encoding': _encoding,
    ...others
  }: Readonly<Record<string, unknown>>) => others;

  it.each(
    paths.flatMap(
      (path) =>
        [
          [path, {}],
          [path, { 'Accept-Encoding': 'gzip' }],
        ] as const,
    ),
  )('%s is GET without the body, with %j', async (path, headers) => {
    const read = await get(path, { headers });
    const head = await get(path, { headers, method: 'HEAD' });
    expect([head.status, told(head.headers), head.bytes.length]).toEqual([read.status, told(read.headers), 0]);
  });

  it('is the same over HTTP/2', async () => {
    const session = connect(stage.origin);
    for (const path of [list, `${list}?limit=5000`, '/readyz', '/no/such']) {
      const read = await get(path);
      const stream = session.request({ ':method': 'HEAD', ':path': path, directlogin: 'token=T' });
      const headers = await new Promise<Readonly<Record<string, unknown>>>((resolve, reject) =>
        stream.once('response', resolve).once('error', reject),
      );
      expect(await stream.toArray()).toEqual([]);
      expect(stream.rstCode).toBe(0);
      // Without the entries that Node keeps under a symbol.
      const { ':status': status, ...others } = Object.fromEntries(Object.entries(headers));
      expect([status, told(others)]).toEqual([read.status, told(read.headers)]);
    }
    session.close();
  });

  it('has the answer that is not sent twice', async () => {
    const { headers } = await get(list);
    expect((await get(list, { method: 'HEAD', headers: { 'If-None-Match': String(headers.etag) } })).status).toBe(304);
  });

  it('of what can only be written is not found', async () => {
    expect((await get('/my/logins/direct', { method: 'HEAD' })).status).toBe(404);
  });

  it('reads no more of a long list than GET needs to begin', async () => {
    let stopped = false;
    let made = 0;
    const long = await createStage({
      async *getCustomersMinimalAtOneBank() {
        try {
          for (; made < 5_000; made += 1)
            yield { customers: Array.from({ length: 500 }, () => ({ bank_id: 'a', customer_id: 'x'.repeat(500) })) };
        } finally {
          stopped = true;
        }
      },
    });
    expect((await ask(long.port, `${list}?limit=1000000`, { method: 'HEAD', headers: login })).status).toBe(200);
    while (!stopped) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(made).toBeLessThan(500);
    await long.close();
  });
});

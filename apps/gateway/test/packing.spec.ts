import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bind } from '@platform/grpc';
import { ConsumerServiceDefinition, CreatedConsumer, type CustomersMinimal } from '@platform/messages';
import { createStage, type Stage } from './gateway.js';
import { ask, type PlainAnswer, type PlainRequest } from './plain-client.js';

const list = '/obp/v5.1.0/banks/a/customers-minimal';
const documents = ['openapi', 'swagger', 'obp'].map((kind) => `/obp/v5.1.0/resource-docs/v5.1.0/${kind}`);
const unpack = { br: brotliDecompressSync, gzip: gunzipSync } as const;
const encodings = ['br', 'gzip'] as const;

/** The number of customers after which a list breaks; the customers differ. */
let fails = Infinity;
let made = 0;
let stopped = false;
const secret = 's'.repeat(2_000);

let stage: Stage;
beforeAll(async () => {
  const consumers = bind(ConsumerServiceDefinition, {
    createConsumer: async () => ({ ...CreatedConsumer.decode(new Uint8Array()), consumer_secret: secret }),
  });
  stage = await createStage(
    {
      async *getCustomersMinimalAtOneBank({ limit }): AsyncGenerator<CustomersMinimal> {
        try {
          for (made = 0; made < (limit ?? 50); made += 500) {
            if (made >= fails) throw new Error('the database went away');
            const size = Math.min(500, (limit ?? 50) - made);
            yield {
              customers: Array.from({ length: size }, (_, index) => ({
                bank_id: 'a',
                customer_id: `${made + index}-${randomBytes(fails === Infinity ? 0 : 40).toString('hex')}`,
              })),
            };
          }
        } finally {
          stopped = true;
        }
      },
    },
    {},
    [consumers],
  );
});
afterAll(() => stage.close());

const get = (path: string, accepted?: string, more: PlainRequest = {}): Promise<PlainAnswer> =>
  ask(stage.port, path, {
    ...more,
    headers: {
      DirectLogin: 'token=T',
      ...(accepted === undefined ? {} : { 'Accept-Encoding': accepted }),
      ...more.headers,
    },
  });

describe('an answer of more than 1 KB', () => {
  it.each([
    ['an answer', list],
    ['a long list', `${list}?limit=5000`],
    ['a document', documents[0] as string],
  ])('is packed as the client takes it: %s', async (_name, path) => {
    const plain = await get(path);
    expect([plain.headers['content-encoding'], plain.headers.vary]).toEqual([undefined, 'Accept-Encoding']);
    for (const encoding of encodings) {
      const packed = await get(path, encoding);
      expect([
        packed.status,
        packed.headers['content-encoding'],
        packed.headers.vary,
        packed.headers['content-type'],
      ]).toEqual([200, encoding, 'Accept-Encoding', 'application/json;charset=utf-8']);
      expect(unpack[encoding](packed.bytes).equals(plain.bytes)).toBe(true);
      expect(packed.bytes.length).toBeLessThan(plain.bytes.length / 4);
    }
  });

  it.each<[string, string | undefined]>([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0.5, gzip;q=0.9', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip;q=0', undefined],
    ['identity, gzip;q=0.5', undefined],
    ['*;q=0', undefined],
    ['deflate, zstd', undefined],
    [',;q', undefined],
    ['', undefined],
  ])('for "%s" is packed by %s', async (accepted, encoding) => {
    const answer = await get(list, accepted);
    expect([answer.status, answer.headers['content-encoding']]).toEqual([200, encoding]);
  });

  it.each([list, documents[0] as string])(
    'has one ETag however it is packed, and is not sent twice: %s',
    async (path) => {
      const answers = await Promise.all([undefined, ...encodings].map((accepted) => get(path, accepted)));
      const etag = String(answers[0]?.headers.etag);
      expect(answers.map(({ headers }) => headers.etag)).toEqual([etag, etag, etag]);
      for (const accepted of [undefined, ...encodings]) {
        const again = await get(path, accepted, { headers: { 'If-None-Match': etag } });
        expect([again.status, again.bytes.length, again.headers.etag, again.headers['content-encoding']]).toEqual([
          304,
          0,
          etag,
          undefined,
        ]);
      }
    },
  );

  it('is packed when it is a refusal', async () => {
    const path = `/no/such?x=${'y'.repeat(1_000)}`;
    const answer = await get(path, 'gzip');
    expect([answer.status, answer.headers['content-encoding']]).toEqual([404, 'gzip']);
    expect(JSON.parse(gunzipSync(answer.bytes).toString())).toEqual({
      code: 404,
      message: expect.stringContaining(path),
    });
  });

  it('is sent as it is where it holds what is secret', async () => {
    const body = JSON.stringify({
      app_name: 'abc',
      app_type: 'Web',
      description: 'd',
      developer_email: 'a@b.example',
      redirect_url: 'https://a.example',
      created_by_user_id: 'u',
      enabled: true,
      created: '2024-01-01T00:00:00Z',
      client_certificate: '',
    });
    const answer = await get('/obp/v5.1.0/management/consumers', 'gzip, br', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    expect([answer.status, answer.headers['content-encoding'], answer.headers.vary]).toEqual([
      201,
      undefined,
      undefined,
    ]);
    expect(JSON.parse(answer.bytes.toString())).toMatchObject({ consumer_secret: secret });
  });
});

describe('an answer of less than 1 KB', () => {
  it('is sent as it is', async () => {
    const answer = await get(`${list}?limit=10`, 'gzip, br');
    expect(answer.bytes.length).toBeLessThan(1_024);
    expect([answer.headers['content-encoding'], answer.headers['content-length']]).toEqual([
      undefined,
      String(answer.bytes.length),
    ]);
  });
});

describe('documents', () => {
  it.each(documents)('are packed once, well: %s', async (path) => {
    const { bytes } = await get(path);
    const answers = await Promise.all(Array.from({ length: 5 }, () => get(path, 'br')));
    const again = await get(path, 'br');
    expect(new Set([...answers, again].map((answer) => answer.bytes.toString('base64'))).size).toBe(1);
    expect(again.bytes.length).toBeLessThan(bytes.length / 15);
  });
});

describe.each(encodings)('a long list packed by %s', (encoding) => {
  it('that breaks in its middle breaks the connection and never ends as it should', async () => {
    fails = 5_000;
    const parts: Buffer[] = [];
    const broken = new Promise<Error>((resolve, reject) => {
      const client = request(
        {
          port: stage.port,
          host: '127.0.0.1',
          path: `${list}?limit=100000`,
          headers: { DirectLogin: 'token=T', 'Accept-Encoding': encoding },
        },
        (response) => {
          response
            .on('data', (part: Buffer) => parts.push(part))
            .on('end', () => reject(new Error('ended')))
            .on('error', resolve);
        },
      );
      client.on('error', reject).end();
    });
    expect((await broken).message).toBe('aborted');
    fails = Infinity;
    expect(() => unpack[encoding](Buffer.concat(parts))).toThrow();
  });

  it('is fetched no faster than its client reads, and no further once the client has gone', async () => {
    fails = 100_000_000;
    stopped = false;
    const client = request({
      port: stage.port,
      host: '127.0.0.1',
      path: `${list}?limit=50000000`,
      headers: { DirectLogin: 'token=T', 'Accept-Encoding': encoding },
    });
    client.end();
    await new Promise<void>((resolve, reject) =>
      client
        .on('response', (response) => {
          response.pause();
          resolve();
        })
        .on('error', reject),
    );
    for (let before = -1; before !== made; await sleep(500)) before = made;
    expect([made < 2_000_000, stopped]).toEqual([true, false]);
    client.destroy();
    for (let waited = 0; !stopped && waited < 500; waited += 1) await sleep(10);
    fails = Infinity;
    expect(stopped).toBe(true);
  });
});

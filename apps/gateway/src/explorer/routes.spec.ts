import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@platform/runtime';
import { createLoadShedding } from '../guards/load-shedding.js';
import { createCommonHeaders } from '../http/common-headers.js';
import { createTranscoder } from '../rest/transcoder.js';
import { explorerRoutes } from './routes.js';

const transcoder = createTranscoder({
  endpoints: [],
  edgeRoutes: explorerRoutes(),
  versions: { operations: new Set(['v5.1.0']), documentation: new Set() },
  backend: undefined as never,
  clientAddress: () => '',
  commonHeaders: createCommonHeaders({ cors_origins: [], https: false }),
  shedding: createLoadShedding({ max_in_flight: 1_000, max_delay_ms: 60_000 }),
  admit: () => Promise.reject(new Error('nobody is asked who they are')),
  realm: 'https://api.bank.test',
  bodyLimit: 1_000,
  log: createLogger('test', 'silent'),
});
const server = createServer(transcoder);
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** Sends the path unchanged: fetch would normalize it. */
async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    send({ port, host: '127.0.0.1', path, headers, method, agent: false }, resolve).on('error', reject).end(),
  );
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part as Buffer);
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) };
}

describe('the explorer', () => {
  it('is the page at /, whatever the client accepts', async () => {
    for (const accept of ['text/html', 'image/png', '*/*']) {
      const { status, headers, body } = await get('/', { accept });
      expect([status, headers['content-type']]).toEqual([200, 'text/html;charset=utf-8']);
      expect(body.toString()).toMatch(/^<!doctype html>/);
    }
  });

  it('runs nothing but its own files: no inline script or style, no other origin, no frame around it', async () => {
    const { headers, body } = await get('/');
    const policy = Object.fromEntries(
      (headers['content-security-policy'] as string)
        .split('; ')
        .map((rule) => [rule.split(' ', 1)[0], rule.slice(rule.indexOf(' ') + 1)]),
    );
    expect(policy).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self' data:",
      'connect-src': "'self'",
      'form-action': "'self'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const page = body.toString();
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|https?:\/\//);
  });

  it('serves everything that its page and its scripts name', async () => {
    const wanted = [...(await get('/')).body.toString().matchAll(/(?:src|href)="(explorer\/[^"]+)"/g)].map(
      ([, path]) => `/${path}`,
    );
    expect(wanted).toEqual(
      expect.arrayContaining(['/explorer/swagger-ui-bundle.js', '/explorer/swagger-ui.css', '/explorer/main.js']),
    );
    for (const path of wanted) {
      const { status, headers, body } = await get(path);
      expect([path, status, headers['x-content-type-options']]).toEqual([path, 200, 'nosniff']);
      expect(headers['content-type']).toMatch(
        { js: /^text\/javascript/, css: /^text\/css/, svg: /^image\/svg/ }[path.split('.').pop() as 'js'],
      );
      if (path.includes('swagger-ui')) continue;
      wanted.push(
        ...[...body.toString().matchAll(/from '\.\/([\w-]+\.js)'/g)]
          .map(([, name]) => `/explorer/${name}`)
          .filter((name) => !wanted.includes(name)),
      );
    }
    expect(wanted.length).toBeGreaterThan(12);
  });

  it.each([
    ['br', 'gzip, br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
  ] as const)('is confirmed by its ETag, packed by %s or not', async (encoding, accepted, unpack) => {
    for (const path of ['/', '/explorer/swagger-ui-bundle.js', '/explorer/explorer.css']) {
      const plain = await get(path);
      const packed = await get(path, { 'accept-encoding': accepted });
      expect(packed.headers).toMatchObject({
        'content-encoding': encoding,
        vary: 'Accept-Encoding',
        'cache-control': 'no-cache',
      });
      expect(packed.body.length).toBeLessThan(plain.body.length / 1.5);
      expect(digest(unpack(packed.body))).toBe(digest(plain.body));
      expect(packed.headers.etag).not.toBe(plain.headers.etag);
      expect(plain.headers).toMatchObject({ vary: 'Accept-Encoding', 'cache-control': 'no-cache' });
      expect([plain.headers['content-encoding'], plain.headers.pragma, plain.headers.expires]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      for (const [etag, headers] of [
        [plain.headers.etag, {}],
        [packed.headers.etag, { 'accept-encoding': accepted }],
      ] as const) {
        const again = await get(path, { ...headers, 'if-none-match': etag as string });
        expect([again.status, again.body.length]).toEqual([304, 0]);
      }
      expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200);
    }
  });

  it('is told by HEAD as by GET', async () => {
    for (const path of ['/', '/explorer/explorer.css']) {
      const [read, told] = [
        await get(path, { 'accept-encoding': 'br' }),
        await get(path, { 'accept-encoding': 'br' }, 'HEAD'),
      ];
      const same = ({ 'correlation-id': _, date: __, ...others }: IncomingHttpHeaders) => others;
      expect([told.status, told.body.length, same(told.headers)]).toEqual([200, 0, same(read.headers)]);
    }
  });

  it('is not packed for a client that refuses it', async () => {
    expect((await get('/', { 'accept-encoding': 'gzip;q=0, identity' })).headers['content-encoding']).toBeUndefined();
  });

  it('gives out no other file', async () => {
    const paths = [
      '/explorer',
      '/explorer/',
      '/explorer/folder.cjs',
      '/explorer/index.html',
      '/explorer/swagger-ui-bundle.js.map',
      '/explorer/../package.json',
      '/explorer/..%2fpackage.json',
      '/explorer/%2e%2e/package.json',
      '/explorer/..%5cpackage.json',
      '/explorer//etc/passwd',
      '/index.html',
      '/favicon.ico',
      '/obp/v5.1.0/explorer/main.js',
    ];
    for (const path of paths) {
      const { status, headers, body } = await get(path);
      expect([path, status, headers['content-type']]).toEqual([path, 404, 'application/json;charset=utf-8']);
      expect(JSON.parse(body.toString())).toMatchObject({ code: 404, message: expect.stringMatching(/^OBP-10404/) });
    }
    expect((await get('/explorer/main.js%00.css')).status).toBe(400);
    expect((await get('/', {}, 'POST')).status).toBe(404);
  });
});

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

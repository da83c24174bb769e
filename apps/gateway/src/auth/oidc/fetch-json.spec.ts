import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { fetchJson } from './fetch-json.js';

const paths: Record<string, RequestListener> = {
  '/object': (_request, response) => response.end('{"a":1}'),
  '/list': (_request, response) => response.end('[1]'),
  '/null': (_request, response) => response.end('null'),
  '/page': (_request, response) => response.end('<html>'),
  '/empty': (_request, response) => response.end(),
  '/missing': (_request, response) => response.writeHead(404).end('{}'),
  '/created': (_request, response) => response.writeHead(201).end('{}'),
  '/moved': (_request, response) => response.writeHead(302, { location: '/object' }).end(),
  '/endless': (_request, response) => {
    response.on('error', () => undefined);
    const more = () => !response.destroyed && response.write(' '.repeat(65_536), more);
    more();
  },
  '/silent': () => undefined,
  '/slow': (_request, response) => void response.write('{"a":'),
  '/broken': (_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{', () => response.destroy());
  },
};

let server: Server;
let origin: string;
const asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url as string);
    paths[request.url as string]?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => void asked.splice(0));
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('fetchJson', () => {
  it('gets an object', async () => {
    expect(await fetchJson(fetch, `${origin}/object`)).toEqual({ a: 1 });
  });

  it.each(['/list', '/null', '/page', '/empty', '/missing', '/created', '/moved', '/endless', '/broken'])(
    'refuses %s, asking once',
    async (path) => {
      await expect(fetchJson(fetch, `${origin}${path}`)).rejects.toThrow();
      expect(asked).toEqual([path]);
    },
  );

  it.each(['/silent', '/slow'])('does not wait for %s', async (path) => {
    await expect(fetchJson(fetch, `${origin}${path}`, 100)).rejects.toThrow(/timeout/);
  });
});

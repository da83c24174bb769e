import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { createPoster, type Poster } from './post.js';

const open: { close(): unknown }[] = [];
afterEach(() => open.splice(0).forEach((one) => one.close()));

async function receiver(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => (server.closeAllConnections(), server.close()) });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function poster(toPrivateAddresses = true, timeout_ms?: number): Poster {
  const created = createPoster({ toPrivateAddresses, ...(timeout_ms === undefined ? {} : { timeout_ms }) });
  open.push(created);
  return created;
}

it('a body is sent with its headers, and accepted with any status of success', async () => {
  const seen: unknown[] = [];
  const url = await receiver((request, response) => {
    request.setEncoding('utf8').on('data', (text) => seen.push([request.method, request.headers['webhook-id'], text]));
    request.on('end', () => response.writeHead(204).end());
  });
  expect(await poster().post(url, { 'webhook-id': 'm1' }, '{"ü":1}')).toBeUndefined();
  expect(seen).toEqual([['POST', 'm1', '{"ü":1}']]);
});

it('a redirect is not followed', async () => {
  let calls = 0;
  const target = await receiver((_, response) => void ((calls += 1), response.end()));
  const url = await receiver((_, response) => response.writeHead(307, { location: target }).end());
  expect(await poster().post(url, {}, '{}')).toBe('status 307');
  expect(calls).toBe(0);
});

it('a receiver that does not answer in time fails, also if it has begun', async () => {
  const silent = await receiver(() => undefined);
  const endless = await receiver((_, response) => void response.writeHead(200).write('a'));
  expect(await poster(true, 200).post(silent, {}, '{}')).toBe('it took too long');
  expect(await poster(true, 200).post(endless, {}, '{}')).toMatch(/it took too long|ECONNRESET/);
});

it('of a long response only the beginning is read', async () => {
  let sent = 0;
  const url = await receiver((_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  expect(await poster().post(url, {}, '{}')).toBeUndefined();
  expect(sent).toBeLessThan(50_000_000);
});

it('no private address is reached, by number or by name', async () => {
  let calls = 0;
  const url = await receiver((_, response) => void ((calls += 1), response.end()));
  expect(await poster(false).post(url, {}, '{}')).toBe('the address 127.0.0.1 is not public');
  expect(await poster(false).post(url.replace('127.0.0.1', 'localhost'), {}, '{}')).toMatch(
    /^the address (127\.0\.0\.1|::1) is not public$/,
  );
  expect(calls).toBe(0);
});

it('a receiver that is not there fails with the reason', async () => {
  const url = await receiver(() => undefined);
  open.splice(0).forEach((one) => one.close());
  expect(await poster().post(url, {}, '{}')).toBe('ECONNREFUSED');
});

import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, it, jest } from '@jest/globals';
import { createGrpcServer } from '@platform/grpc';
import { createLogger } from '@platform/runtime';
import { createDataFolder } from './folder.js';
import { startHealth } from './health.js';
import { createOpen } from './open.js';
import type { Service } from './stack.js';

// Every wait has its own limit.
jest.setTimeout(120_000);

const { opened, closeAll } = createOpen();
afterEach(closeAll);

async function ask(service: Service, settings: Record<string, string>, ...args: string[]) {
  const program = startHealth(opened(createDataFolder()), service, settings, args);
  return [await program.ended(), program.output()];
}

const startService = async () =>
  opened(
    await createGrpcServer({
      host: '127.0.0.1',
      port: 0,
      services: [],
      authorize: () => ({}) as never,
      callerKey: 'caller-bin',
      log: createLogger('test', 'silent'),
    }),
  );

/** A program that accepts connections and never answers. */
async function startSilence(): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened({ close: () => void server.close() });
  return String((server.address() as AddressInfo).port);
}

/** Something that answers as a gateway without its directory. */
async function startWaitingGateway(): Promise<string> {
  const server = createHttpServer(({ url }, response) => response.writeHead(url === '/livez' ? 200 : 503).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened({ close: () => new Promise<void>((resolve) => server.close(() => resolve())) });
  return String((server.address() as AddressInfo).port);
}

it('health.mjs tells whether a service serves, on all addresses too', async () => {
  const { port } = await startService();
  const settings = { LINKS_PORT: String(port) };
  expect(await ask('links', settings)).toEqual([0, 'links: serving\n']);
  expect(await ask('links', { ...settings, HOST: '0.0.0.0' })).toEqual([0, 'links: serving\n']);
  expect(await ask('links', settings, 'live')).toEqual([0, 'links: serving\n']);
});

it('health.mjs tells a service without its database from one that serves, and from one that is dead', async () => {
  const service = await startService();
  service.serving(false);
  const settings = { LINKS_PORT: String(service.port) };
  expect(await ask('links', settings)).toEqual([1, 'links: not serving\n']);
  expect(await ask('links', settings, 'live')).toEqual([0, 'links: not serving\n']);
  await service.close();
  expect(await ask('links', settings, 'live')).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
});

it('health.mjs tells a gateway that waits for its directory from one that serves', async () => {
  const settings = { PORT: await startWaitingGateway() };
  expect(await ask('gateway', settings)).toEqual([1, 'gateway: not serving\n']);
  expect(await ask('gateway', settings, 'live')).toEqual([0, 'gateway: serving\n']);
});

it.each(['customers', 'gateway'] as const)('health.mjs waits for an answer of %s no longer than 2 s', async (name) => {
  const port = await startSilence();
  expect(await ask(name, { PORT: port, CUSTOMERS_PORT: port }, 'live')).toEqual([
    1,
    `${name}: no answer within 2000 ms\n`,
  ]);
});

it('health.mjs refuses what it does not know', async () => {
  expect(await ask('links', {}, 'alive')).toEqual([2, expect.stringContaining('node health.mjs [ready|live]')]);
});

import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall, status } from '@grpc/grpc-js';
import { describe, expect, it } from '@jest/globals';
import { BankLookupServiceDefinition, type Identity, IdentityServiceDefinition } from '@platform/messages';
import { bind, createPeer } from '../src/index.js';
import {
  callerKey,
  context,
  createGate,
  errorOf,
  findBank,
  logIn,
  password,
  resolveToken,
  serve,
} from './fake-service.js';

const identity = (username: string): Identity => ({
  user_id: '',
  consumer_id: '',
  username,
  roles: [],
  super_admin: false,
  scopes: [],
  call_limits: null,
});

/** A replica that answers with its name; `slow` calls wait for the gate. */
async function createReplica(name: string, port = 0) {
  const gate = createGate();
  const entered = createGate();
  const served = await serve(
    [
      bind(IdentityServiceDefinition, {
        resolveToken: async ({ token_hash }) => {
          if (token_hash.length > 0) {
            entered.release();
            await gate.open;
          }
          return identity(name);
        },
      }),
    ],
    { port },
  );
  return { ...served, gate, entered };
}

describe('replicas of a service', () => {
  const ask = { token_hash: Buffer.alloc(0) };

  it('share the calls', async () => {
    const [a, b] = [await createReplica('a'), await createReplica('b')];
    const peer = createPeer(`127.0.0.1:${a.port}, 127.0.0.1:${b.port}`, callerKey);
    const names: string[] = [];
    while (new Set(names).size < 2) names.push((await peer.call(resolveToken, ask, context)).username);
    for (let index = 0; index < 10; index += 1) names.push((await peer.call(resolveToken, ask, context)).username);
    expect(names.slice(-10).filter((name) => name === 'a')).toHaveLength(5);
    peer.close();
    await Promise.all([a.close(), b.close()]);
  });

  it('lose no call when one drains: what runs there ends there, what comes goes to the other', async () => {
    const [a, b] = [await createReplica('a'), await createReplica('b')];
    const peer = createPeer(`127.0.0.1:${a.port},127.0.0.1:${b.port}`, callerKey);
    const names = new Set<string>();
    while (names.size < 2) names.add((await peer.call(resolveToken, ask, context)).username);
    const slow = [1, 2, 3, 4].map(() => peer.call(resolveToken, { token_hash: Buffer.from('slow') }, context));
    await Promise.all([a.entered.open, b.entered.open]);
    b.gate.release();
    let closed = false;
    const closing = a.close().then(() => (closed = true));
    for (let index = 0; index < 20; index += 1) {
      expect((await peer.call(resolveToken, ask, context)).username).toBe('b');
    }
    expect(closed).toBe(false);
    a.gate.release();
    expect((await Promise.all(slow)).map(({ username }) => username)).toContain('a');
    await closing;
    peer.close();
    await b.close();
  });

  it('end a call that outlasts the drain', async () => {
    const gate = createGate();
    const entered = createGate();
    const a = await serve(
      [
        bind(IdentityServiceDefinition, {
          logIn: async () => {
            entered.release();
            await gate.open;
            return { token: 'T' };
          },
        }),
      ],
      { drain_ms: 100 },
    );
    const other = createPeer(`127.0.0.1:${a.port}`, callerKey);
    const failed = errorOf(other.call(logIn, password, context));
    await entered.open;
    await a.close();
    expect(await failed).toBeInstanceOf(Error);
    gate.release();
    other.close();
  });
});

describe('a peer that is not there yet', () => {
  it('is waited for, within the deadline', async () => {
    const port = await freePort();
    const peer = createPeer(`127.0.0.1:${port}`, callerKey);
    expect(await peer.serving(50)).toBe(false);
    const early = peer.call(findBank, { bank_id: 'a' }, context);
    await sleep(200);
    const served = await serve([bind(BankLookupServiceDefinition, { findBank: async () => ({ exists: true }) })], {
      port,
    });
    expect(await early).toEqual({ exists: true });
    expect(await peer.serving(1_000)).toBe(true);
    peer.close();
    await served.close();
  });

  it('fails as a timeout when it never comes', async () => {
    const peer = createPeer(`127.0.0.1:${await freePort()}`, callerKey);
    expect((await errorOf(peer.call(findBank, { bank_id: 'a' }, { ...context, timeout_ms: 200 }))).message).toMatch(
      /^OBP-01000/,
    );
    peer.close();
  });
});

describe('a call whose replica is unavailable', () => {
  it.each([
    ['read', 3],
    ['command', 1],
  ])('a %s is sent %i times', async (kind, times) => {
    let calls = 0;
    const port = await serveUnavailable(() => (calls += 1) > 2);
    const peer = createPeer(`127.0.0.1:${port.number}`, callerKey);
    if (kind === 'read') expect(await peer.call(findBank, { bank_id: 'a' }, context)).toEqual({ exists: false });
    else expect((await errorOf(peer.call(logIn, password, context))).message).toMatch(/^OBP-01000/);
    expect(calls).toBe(times);
    peer.close();
    port.close();
  });
});

/** A server of any two methods that is unavailable until `available`. */
async function serveUnavailable(available: () => boolean): Promise<{ number: number; close(): void }> {
  const server = new Server();
  const answer = (_call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) =>
    available() ? callback(null, Buffer.alloc(0)) : callback({ code: status.UNAVAILABLE });
  const asIs = {
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  } as const;
  server.addService(
    { findBank: { path: findBank.path, ...asIs }, logIn: { path: logIn.path, ...asIs } },
    { findBank: answer, logIn: answer },
  );
  const number = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
  return { number, close: () => server.forceShutdown() };
}

const same = (bytes: Buffer) => bytes;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

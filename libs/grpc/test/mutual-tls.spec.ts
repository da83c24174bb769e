import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectSecurely } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { BankLookupServiceDefinition, Failure } from '@platform/messages';
import { createLogger } from '@platform/runtime';
import { type CertificateAuthority, createCertificateAuthority, patient } from '@platform/testing';
import { bind, createGrpcServer, createPeer, type MutualTls, openCertificates, type Peer } from '../src/index.js';
import { callerKey, context, errorOf, findBank, nobody } from './fake-service.js';

const log = createLogger('test', 'silent');
const every_ms = 20;
let folder: string;
let ca: CertificateAuthority;
let stranger: CertificateAuthority;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mutual-tls-'));
  [ca, stranger] = await Promise.all([createCertificateAuthority(), createCertificateAuthority()]);
});
const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const pathOf = (name: string) => join(folder, name);
const write = (name: string, text: string): string => {
  writeFileSync(pathOf(name), text);
  return pathOf(name);
};

/** The files of a process whose certificate has these names. */
async function identity(file: string, names: readonly string[], by = ca, trusted = ca) {
  const { cert, key } = await by.issue(...names);
  return { cert: write(`${file}.crt`, cert), key: write(`${file}.key`, key), ca: write(`${file}.ca`, trusted.cert) };
}
async function tlsOf(file: string, names: readonly string[], by = ca, trusted = ca, domain = ''): Promise<MutualTls> {
  return {
    certificates: openCertificates(await identity(file, names, by, trusted), log, every_ms),
    nameOf: (service) => `${service}${domain}`,
  };
}

const serve = async (tls: MutualTls | undefined, issuer = 'gateway'): Promise<number> =>
  (await start(tls, issuer)).port;
async function start(tls: MutualTls | undefined, issuer = 'gateway', drain_ms = 100) {
  const services = [
    bind(BankLookupServiceDefinition, { findBank: async ({ bank_id }) => ({ exists: bank_id === 'a' }) }),
  ];
  const server = await createGrpcServer({
    host: '127.0.0.1',
    port: 0,
    services,
    authorize: () => ({ ...nobody, issuer }),
    callerKey,
    log,
    tls,
    drain_ms,
  });
  open.push(() => server.close());
  return server;
}
function peerOf(port: number, tls: MutualTls | undefined, service = 'directory'): Peer {
  const peer = createPeer(`127.0.0.1:${port}`, callerKey, { tls, service });
  open.push(() => peer.close());
  return peer;
}
const ask = (peer: Peer) => peer.call(findBank, { bank_id: 'a' }, { ...context, timeout_ms: 1_000 });

describe('links of mutual TLS', () => {
  it('carry calls between those who show a certificate on their names', async () => {
    const port = await serve(await tlsOf('directory', ['directory']));
    expect(await ask(peerOf(port, await tlsOf('gateway', ['gateway'])))).toEqual({ exists: true });
  });

  it('know names within a domain', async () => {
    const port = await serve(await tlsOf('directory', ['directory.bank.internal'], ca, ca, '.bank.internal'));
    expect(
      await ask(peerOf(port, await tlsOf('gateway', ['other', 'gateway.bank.internal'], ca, ca, '.bank.internal'))),
    ).toEqual({ exists: true });
    const plainName = peerOf(port, await tlsOf('plain', ['gateway'], ca, ca, '.bank.internal'));
    expect(await errorOf(ask(plainName))).toMatchObject({ failure: Failure.FAILURE_REQUEST_TIMEOUT });
  });

  it.each<[string, () => Promise<MutualTls | undefined>]>([
    ['speaks plain text', async () => undefined],
    ['shows a certificate of another authority', () => tlsOf('other', ['gateway'], stranger, ca)],
    ['is no service of the platform', () => tlsOf('mallory', ['mallory', 'gateway.example.com'])],
  ])('refuse a caller that %s', async (_, tls) => {
    const port = await serve(await tlsOf('directory', ['directory']));
    expect(await errorOf(ask(peerOf(port, await tls())))).toMatchObject({ failure: Failure.FAILURE_REQUEST_TIMEOUT });
  });

  it.each<[string, () => Promise<MutualTls | undefined>]>([
    ['speaks plain text', async () => undefined],
    ['shows a certificate of another authority', () => tlsOf('other', ['directory'], stranger, ca)],
    ['is another service', () => tlsOf('customers', ['customers'])],
  ])('tell nothing to a server that %s', async (_, tls) => {
    const port = await serve(await tls());
    expect(await errorOf(ask(peerOf(port, await tlsOf('gateway', ['gateway']))))).toMatchObject({
      failure: Failure.FAILURE_REQUEST_TIMEOUT,
    });
  });

  it('take no assertion from another service than its issuer, whatever the caller says of itself', async () => {
    const port = await serve(await tlsOf('directory', ['directory']), 'gateway');
    const error = await errorOf(ask(peerOf(port, await tlsOf('agents', ['agents']))));
    expect([error.message, error['failure']]).toEqual([
      expect.stringContaining('the caller assertion is not valid'),
      undefined,
    ]);
  });

  it('may have one certificate for several services, as in a test', async () => {
    const all = await tlsOf('all', ['directory', 'agents', 'gateway']);
    expect(await ask(peerOf(await serve(all, 'gateway'), all))).toEqual({ exists: true });
  });

  it('close a connection that only looks on', async () => {
    const port = await serve(await tlsOf('directory', ['directory']));
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await new Promise<void>((resolve) => socket.on('error', () => undefined).once('close', () => resolve()));
  });
});

describe('a server that stops', () => {
  it('waits for nobody who connects meanwhile', async () => {
    const server = await start(await tlsOf('directory', ['directory']), 'gateway', 5_000);
    const socket = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    await sleep(100);
    const since = performance.now();
    const closing = server.close();
    const { cert, key } = await ca.issue('gateway');
    const secure = connectSecurely({ socket, cert, key, ca: ca.cert, servername: 'directory', ALPNProtocols: ['h2'] });
    const session = connectHttp2('https://directory', { createConnection: () => secure }).on('error', () => undefined);
    await closing;
    expect(performance.now() - since).toBeLessThan(patient(2_500));
    session.destroy();
  });
});

describe('certificates', () => {
  it('are read again when their files change, on both sides, with no restart', async () => {
    const [old, next] = await Promise.all([createCertificateAuthority(), createCertificateAuthority()]);
    const [server, client] = [await tlsOf('s', ['directory'], old, old), await tlsOf('c', ['gateway'], old, old)];
    const port = await serve(server);
    expect(await ask(peerOf(port, client))).toEqual({ exists: true });
    await identity('s', ['directory'], next, next);
    await changed(server);
    expect(await errorOf(ask(peerOf(port, { ...client })))).toMatchObject({ failure: Failure.FAILURE_REQUEST_TIMEOUT });
    await identity('c', ['gateway'], next, next);
    await changed(client);
    expect(await ask(peerOf(port, client))).toEqual({ exists: true });
  });

  it('stay as they were while the files do not fit together', async () => {
    const tls = await tlsOf('half', ['directory']);
    const port = await serve(tls);
    const before = tls.certificates.current();
    write('half.key', (await ca.issue('directory')).key);
    await new Promise((resolve) => setTimeout(resolve, 5 * every_ms));
    expect(tls.certificates.current()).toBe(before);
    expect(await ask(peerOf(port, await tlsOf('gateway', ['gateway'])))).toEqual({ exists: true });
  });

  it('are refused at the start when a file is missing or they do not fit', async () => {
    const files = await identity('bad', ['directory']);
    expect(() => openCertificates({ ...files, cert: pathOf('none') }, log)).toThrow(
      `the certificate file ${pathOf('none')} cannot be read (ENOENT)`,
    );
    expect(() => openCertificates({ ...files, key: write('another.key', 'no key') }, log)).toThrow(
      'do not fit together',
    );
  });
});

/** Waits until new certificates have been read. */
async function changed({ certificates }: MutualTls): Promise<void> {
  const before = certificates.current();
  for (let looks = 0; looks < 200 && certificates.current() === before; looks += 1)
    await new Promise((resolve) => setTimeout(resolve, every_ms));
  expect(certificates.current()).not.toBe(before);
}

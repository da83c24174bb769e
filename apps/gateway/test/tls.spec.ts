import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { openCertificates } from '@platform/grpc';
import { createLogger } from '@platform/runtime';
import { type CertificateAuthority, createCertificateAuthority, patient } from '@platform/testing';
import { createEdge, createRoutes } from './edge.js';

let folder: string;
let ca: CertificateAuthority;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-tls-'));
  ca = await createCertificateAuthority();
  await write();
});
afterAll(() => rmSync(folder, { recursive: true }));
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const files = () => ({ cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') });
async function write(): Promise<void> {
  const { cert, key } = await ca.issue('api.example.com');
  writeFileSync(files().cert, cert);
  writeFileSync(files().key, key);
}

async function serve() {
  const edge = await createEdge({
    handler: createRoutes({}),
    certificates: openCertificates(files(), createLogger('test', 'silent'), 20),
    drain_ms: 200,
  });
  opened.push(edge);
  return edge;
}

async function greet(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', servername: 'api.example.com', ca: ca.cert, ...options });
  opened.push({ close: () => socket.destroy() });
  await once(socket, 'secureConnect');
  return socket;
}

const notFound = expect.stringContaining('"message":"OBP-10404');

describe('the gateway over TLS', () => {
  it('speaks HTTP/1.1 to those who agree on it or on nothing', async () => {
    const { port } = await serve();
    for (const ALPNProtocols of [['http/1.1'], []]) {
      const socket = await greet(port, { ALPNProtocols });
      socket.write('GET /no/such HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n\r\n');
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      expect(text).toMatch(/^HTTP\/1\.1 404 /);
      expect(text).toEqual(notFound);
    }
  });

  it('speaks HTTP/2 to those who agree on it', async () => {
    const { port } = await serve();
    const session = connectHttp2(`https://127.0.0.1:${port}`, { servername: 'api.example.com', ca: ca.cert });
    opened.push({ close: () => session.destroy() });
    const stream = session.request({ ':path': '/no/such' });
    const [headers] = (await once(stream, 'response')) as [{ ':status': number }];
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    expect([headers[':status'], text, session.alpnProtocol]).toEqual([404, notFound, 'h2']);
  });

  it('speaks TLS 1.2 and 1.3, and nothing older or plain', async () => {
    const { port } = await serve();
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
      expect((await greet(port, { minVersion: version, maxVersion: version })).getProtocol()).toBe(version);
    await expect(
      greet(port, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow(/protocol version/);
    const plain = connectTcp(port, '127.0.0.1');
    let answered = '';
    plain
      .on('data', (bytes) => (answered += bytes.toString('latin1')))
      .on('error', () => undefined)
      .write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(plain, 'close');
    expect(answered).not.toContain('HTTP/');
  });

  it('shows a new certificate to new connections without a restart, and goes on with those that stand', async () => {
    const { port } = await serve();
    const standing = await greet(port);
    const before = standing.getPeerCertificate().serialNumber;
    await write();
    let after = before;
    for (let tries = 0; tries < 100 && after === before; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 30));
      after = (await greet(port)).getPeerCertificate().serialNumber;
    }
    expect(after).not.toBe(before);
    standing.write('GET /no/such HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(String((await once(standing, 'data'))[0])).toContain('HTTP/1.1 404');
  });

  it('closes though somebody never ends a handshake', async () => {
    const edge = await createEdge({
      handler: createRoutes({}),
      certificates: openCertificates(files(), createLogger('test', 'silent')),
      drain_ms: 200,
    });
    const socket = connectTcp(edge.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const began = Date.now();
    await edge.close();
    expect(Date.now() - began).toBeLessThan(patient(3_000));
    socket.destroy();
  });
});

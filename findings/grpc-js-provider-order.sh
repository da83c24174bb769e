#!/bin/sh
# Guess    createCertificateProviderServerCredentials(caCertificateProvider, identityCertificateProvider, …) takes the authorities
#          first and the server's own certificate second, as the parameter names say.
# Truth    It passes them in that order to a class that expects the opposite order: the first is asked for the server's own
#          certificate, the second for the authorities. In the declared order no handshake succeeds, and no message says why.
# Matters  These providers exist for mutual TLS with certificates that are renewed while the server runs. One provider for both
#          works, so examples work; with two, in the declared order, no client can connect.
# Versions @grpc/grpc-js 1.14.7, selfsigned 5.5.0
# Date     2026-11-28
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @grpc/grpc-js@1.14.7 selfsigned@5.5.0
cat > see.mjs <<'JS'
import assert from 'node:assert';
import { Client, credentials, experimental, Metadata, Server, status } from '@grpc/grpc-js';
import { generate } from 'selfsigned';

const names = [{ name: 'commonName', value: 'localhost' }];
const alt = { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] };
const ca = await generate([{ name: 'commonName', value: 'an authority' }], { keyType: 'ec', algorithm: 'sha256', extensions: [{ name: 'basicConstraints', cA: true, critical: true }, { name: 'keyUsage', keyCertSign: true, critical: true }] });
const issued = () => generate(names, { keyType: 'ec', algorithm: 'sha256', ca: { key: ca.private, cert: ca.cert }, extensions: [{ name: 'basicConstraints', cA: false }, { name: 'extKeyUsage', serverAuth: true, clientAuth: true }, alt] });
const [own, other] = [await issued(), await issued()];
const none = { addCaCertificateListener() {}, removeCaCertificateListener() {}, addIdentityCertificateListener() {}, removeIdentityCertificateListener() {} };
const authorities = { ...none, addCaCertificateListener: (listener) => process.nextTick(listener, { caCertificate: Buffer.from(ca.cert) }) };
const identity = { ...none, addIdentityCertificateListener: (listener) => process.nextTick(listener, { certificate: Buffer.from(own.cert), privateKey: Buffer.from(own.private) }) };

const bytes = (value) => value;
const ping = { path: '/a.Pinger/Ping', requestStream: false, responseStream: false, requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes };
async function call(first, second) {
  const server = new Server();
  server.addService({ ping }, { ping: (_call, callback) => callback(null, Buffer.alloc(0)) });
  const port = await new Promise((resolve, reject) => server.bindAsync('localhost:0', experimental.createCertificateProviderServerCredentials(first, second, true), (error, bound) => (error ? reject(error) : resolve(bound))));
  const client = new Client(`localhost:${port}`, credentials.createSsl(Buffer.from(ca.cert), Buffer.from(other.private), Buffer.from(other.cert)));
  const code = await new Promise((resolve) => client.makeUnaryRequest(ping.path, bytes, bytes, Buffer.alloc(0), new Metadata(), { deadline: Date.now() + 5_000 }, (error) => resolve(error?.code ?? status.OK)));
  client.close();
  server.forceShutdown();
  return status[code];
}
const [declared, swapped] = [await call(authorities, identity), await call(identity, authorities)];
console.log(`authorities first, as declared: ${declared}; own certificate first: ${swapped}`);
assert.notStrictEqual(declared, 'OK');
assert.strictEqual(swapped, 'OK');
process.exit(0);
JS
echo '@grpc/grpc-js 1.14.7'
node see.mjs

#!/bin/sh
# Guess    `maxTimeoutMs` of a Connect server caps the client's deadline: a longer deadline is treated as 5 s.
# Truth    A longer deadline is refused: `invalid_argument: timeout 10000ms must be <= 5000`. The handler never runs.
# Matters  Many clients use deadlines of 30 or 60 s by default, so a limit meant as protection locks them out, with an error
#          code that says "never retry". A server that wants a cap must reduce the header before Connect reads it.
# Versions @connectrpc/connect and @connectrpc/connect-node 2.1.2, @bufbuild/protobuf 2.13.0
# Date     2026-11-27
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @connectrpc/connect@2.1.2 @connectrpc/connect-node@2.1.2 @bufbuild/protobuf@2.13.0
cat > see.mjs <<'JS'
import assert from 'node:assert';
import { createServer } from 'node:http';
import { create, createFileRegistry } from '@bufbuild/protobuf';
import { EmptySchema, FileDescriptorProtoSchema, file_google_protobuf_empty } from '@bufbuild/protobuf/wkt';
import { Code, createClient } from '@connectrpc/connect';
import { connectNodeAdapter, createConnectTransport } from '@connectrpc/connect-node';

const type = '.google.protobuf.Empty';
const file = create(FileDescriptorProtoSchema, {
  name: 'ping.proto', package: 'a', syntax: 'proto3', dependency: ['google/protobuf/empty.proto'],
  service: [{ name: 'Pinger', method: [{ name: 'Ping', inputType: type, outputType: type }] }],
});
const Pinger = createFileRegistry(file, (name) => (name === 'google/protobuf/empty.proto' ? file_google_protobuf_empty : undefined)).getService('a.Pinger');

let ran = 0;
const routes = (router) => router.service(Pinger, { ping: () => { ran += 1; return create(EmptySchema); } });
const server = createServer(connectNodeAdapter({ routes, maxTimeoutMs: 5_000 })).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const client = createClient(Pinger, createConnectTransport({ baseUrl: `http://127.0.0.1:${server.address().port}`, httpVersion: '1.1' }));

await client.ping({}, { timeoutMs: 4_000 });
console.log('a deadline of 4 s: answered');
const error = await client.ping({}, { timeoutMs: 10_000 }).catch((refused) => refused);
console.log(`a deadline of 10 s: ${error.message}`);
server.close();
assert.strictEqual(error.code, Code.InvalidArgument);
assert.match(error.message, /timeout 10000ms must be <= 5000/);
assert.strictEqual(ran, 1);
JS
echo '@connectrpc/connect-node 2.1.2, maxTimeoutMs: 5000'
node see.mjs

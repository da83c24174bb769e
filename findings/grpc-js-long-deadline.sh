#!/bin/sh
# Guess    A longer deadline always gives the server more time: 30 days are more than 10 s, and 60 days more than 30.
# Truth    The server stores the milliseconds in a signed 32-bit number. From 24.9 to 49.7 days they are negative: the handler
#          is started, and the call is DEADLINE_EXCEEDED at once. After that they start again at 0: 50 days are seven hours.
# Matters  A month is often used to mean "practically no deadline". The caller gets a timeout although the command has run.
# Versions @grpc/grpc-js 1.14.7, server and client
# Date     2026-11-27
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @grpc/grpc-js@1.14.7
cat > see.mjs <<'JS'
import assert from 'node:assert';
import { Client, credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';

const bytes = (value) => value;
const path = '/a.Pinger/Ping';
const server = new Server();
let left_ms;
server.addService(
  { ping: { path, requestStream: false, responseStream: false, requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes } },
  { ping(call, callback) { left_ms = Number(call.getDeadline()) - Date.now(); setTimeout(() => callback(null, Buffer.alloc(0)), 200); } },
);
const port = await new Promise((resolve, reject) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))));
const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());

const day_ms = 86_400_000;
async function ping(days) {
  left_ms = undefined;
  const from = Date.now();
  const code = await new Promise((resolve) => client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), new Metadata(), { deadline: from + days * day_ms }, (error) => resolve(error?.code ?? status.OK)));
  const seen = left_ms === undefined ? 'no handler ran' : `the handler sees ${(left_ms / 3_600_000).toFixed(1)} hours`;
  console.log(`a deadline of ${days} days: ${status[code]} after ${Date.now() - from} ms, ${seen}`);
  return { code, hours: left_ms / 3_600_000 };
}
const [short, negative, wrapped] = [await ping(20), await ping(30), await ping(50)];
client.close();
server.forceShutdown();
assert.strictEqual(short.code, status.OK);
assert.ok(Math.abs(short.hours - 20 * 24) < 1);
assert.strictEqual(negative.code, status.DEADLINE_EXCEEDED);
assert.ok(negative.hours < 0);
assert.strictEqual(wrapped.code, status.OK);
assert.ok(wrapped.hours < 8);
JS
echo '@grpc/grpc-js 1.14.7'
node see.mjs

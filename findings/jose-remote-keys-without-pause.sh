#!/bin/sh
# Guess    `cooldownDuration` of jose's `createRemoteJWKSet` is the least time between two requests for keys, so an identity
#          provider that is down gets one request in it.
# Truth    The time counts from the last success. While no request succeeds, every token that comes after the other makes one
#          more, and waits for it. Tokens that come at the same moment share one.
# Matters  A service that verifies tokens adds its whole load to a provider that is just failing, and each caller waits for
#          the time-out. Whoever wants a pause after a failure has to keep it: in `customFetch`, or around the key set.
# Versions jose 6.2.17
# Date     2026-11-28
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund jose@6.2.17
cat > see.mjs <<'JS'
import assert from 'node:assert';
import { createServer } from 'node:http';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';

const { publicKey, privateKey } = await generateKeyPair('ES256');
const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256' }] };
const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'a' }).setExpirationTime('1h').sign(privateKey);

let requests = 0;
let works = false;
const server = createServer((_, response) => {
  requests += 1;
  response.writeHead(works ? 200 : 503, { 'content-type': 'application/json' }).end(works ? JSON.stringify(keys) : '{}');
}).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const set = createRemoteJWKSet(new URL(`http://127.0.0.1:${server.address().port}/`), { cooldownDuration: 30_000 });
const verify = () => jwtVerify(token, set).then(() => 'verified', () => 'refused');
const counted = async (what, work) => {
  requests = 0;
  const outcomes = [await work()].flat();
  console.log(`${what}: ${requests} requests, all ${[...new Set(outcomes)].join()}`);
  return requests;
};
const oneAfterTheOther = async () => {
  const outcomes = [];
  for (let index = 0; index < 5; index += 1) outcomes.push(await verify());
  return outcomes;
};

assert.strictEqual(await counted('down, 5 tokens one after the other', oneAfterTheOther), 5);
assert.strictEqual(await counted('down, 5 tokens at once', () => Promise.all(Array.from({ length: 5 }, verify))), 1);
works = true;
assert.strictEqual(await counted('up, 5 tokens one after the other', oneAfterTheOther), 1);
server.close();
JS
echo 'jose 6.2.17, cooldownDuration: 30000'
node see.mjs

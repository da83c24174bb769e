#!/bin/sh
# Guess    The promise of connect-node's universalResponseToNodeResponse settles when the response has been written, so code
#          that counts running calls, or waits for them before closing, can wait for it.
# Truth    After the last byte it waits for the event "end" of the response. A response that Node writes emits "finish" and
#          "close" instead. Over HTTP/1.1 and HTTP/2 the promise never settles, even if the client read the whole response.
# Matters  A counter of running calls only increases, and a limit on it finally refuses all calls. Use the response's event
#          "close" instead.
# Versions @connectrpc/connect-node 2.1.2, @connectrpc/connect 2.1.2
# Date     2026-11-28
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @connectrpc/connect@2.1.2 @connectrpc/connect-node@2.1.2 @bufbuild/protobuf@2.13.0
cat > see.mjs <<'JS'
import assert from 'node:assert';
import * as http1 from 'node:http';
import * as http2 from 'node:http2';
import { setTimeout as sleep } from 'node:timers/promises';
import { universalResponseToNodeResponse } from '@connectrpc/connect-node';

const seen = {};
const handler = (name) => (_request, response) => {
  seen[name] = { settled: false, closed: false };
  response.once('close', () => (seen[name].closed = true));
  const body = (async function* () { yield new Uint8Array([1, 2, 3]); })();
  universalResponseToNodeResponse({ status: 200, header: new Headers(), body }, response).finally(() => (seen[name].settled = true));
};
const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

const port1 = await listen(http1.createServer(handler('HTTP/1.1')));
const bytes1 = await fetch(`http://127.0.0.1:${port1}/`).then((answer) => answer.arrayBuffer());
const port2 = await listen(http2.createServer(handler('HTTP/2')));
const session = http2.connect(`http://127.0.0.1:${port2}`);
let bytes2 = 0;
for await (const chunk of session.request({ ':path': '/' })) bytes2 += chunk.length;
await sleep(1_000);
assert.deepStrictEqual([bytes1.byteLength, bytes2], [3, 3]);
for (const [name, { settled, closed }] of Object.entries(seen)) console.log(`${name}: read whole, response closed: ${closed}, promise settled: ${settled}`);
assert.deepStrictEqual(seen, { 'HTTP/1.1': { settled: false, closed: true }, 'HTTP/2': { settled: false, closed: true } });
process.exit(0);
JS
echo '@connectrpc/connect-node 2.1.2'
node see.mjs

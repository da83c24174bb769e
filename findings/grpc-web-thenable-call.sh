#!/bin/sh
# Guess    The methods in the type declarations of the official grpc-web package exist, for example `thenableCall`, which
#          returns a promise.
# Truth    It is declared, so code that calls it compiles, but it does not exist at run time: `TypeError: … is not a
#          function`. The method that returns a promise is `unaryCall`.
# Matters  The error appears only at the first call in a browser; editors offer the missing method for completion.
# Versions grpc-web 2.1.1, typescript 5.9.3
# Date     2026-11-27
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund grpc-web@2.1.1 typescript@5.9.3
cat > call.ts <<'TS'
import { GrpcWebClientBase, MethodDescriptor, MethodType } from 'grpc-web';
class Ping {}
const ping = new MethodDescriptor<Ping, Ping>('/a.Pinger/Ping', MethodType.UNARY, Ping, Ping, () => new Uint8Array(), () => new Ping());
const client = new GrpcWebClientBase({});
export const call = (): Promise<Ping> => client.thenableCall('http://127.0.0.1:1/a.Pinger/Ping', new Ping(), {}, ping);
TS
npx tsc --strict --target es2022 --module commonjs --lib es2022,dom call.ts
echo 'grpc-web 2.1.1'
echo 'tsc --strict: the call of thenableCall compiles'
cat > see.cjs <<'JS'
const assert = require('node:assert');
const { GrpcWebClientBase } = require('grpc-web');
const { call } = require('./call.js');
const client = new GrpcWebClientBase({});
for (const name of ['rpcCall', 'unaryCall', 'serverStreaming', 'thenableCall']) console.log(`${name}: ${typeof client[name]}`);
let error;
try { call(); } catch (thrown) { error = thrown; }
console.log(`the call: ${error}`);
assert.strictEqual(typeof client.unaryCall, 'function');
assert.strictEqual(typeof client.thenableCall, 'undefined');
assert.match(String(error), /TypeError: .*thenableCall is not a function/);
JS
node see.cjs

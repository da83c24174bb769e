#!/bin/sh
# Guess    `fromJSON` of a message that ts-proto generated reads proto3 JSON, in which a Duration is "1.5s".
# Truth    It reads such a Duration as 0 s, without an error, although it reads a Timestamp as proto3 JSON defines it. It
#          reads the form that it writes itself: {"seconds":1,"nanos":500000000}.
# Matters  Durations in configuration and requests from every other implementation are lost: a timeout of 1.5 s becomes 0 s.
# Versions ts-proto 2.18.0, @bufbuild/buf 1.74.0, esbuild 0.25.10
# Date     2026-11-27
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund ts-proto@2.18.0 @bufbuild/buf@1.74.0 @bufbuild/protobuf@2.13.0 esbuild@0.25.10
mkdir proto
cat > proto/retry.proto <<'PROTO'
syntax = "proto3";
package a;
import "google/protobuf/duration.proto";
import "google/protobuf/timestamp.proto";
message Retry {
  google.protobuf.Duration wait = 1;
  google.protobuf.Timestamp until = 2;
}
PROTO
printf 'version: v2\nmodules:\n  - path: proto\n' > buf.yaml
printf 'version: v2\nplugins:\n  - local: node_modules/.bin/protoc-gen-ts_proto\n    out: gen\n    opt: esModuleInterop=true\n' > buf.gen.yaml
npx buf generate
cat > see.ts <<'TS'
import assert from 'node:assert';
import { Retry } from './gen/retry';
const read = Retry.fromJSON({ wait: '1.5s', until: '1990-05-15T00:00:00Z' });
console.log(`"1.5s" is read as ${JSON.stringify(read.wait)}, "1990-05-15T00:00:00Z" as ${JSON.stringify(read.until)}`);
const own = Retry.toJSON({ wait: { seconds: 1, nanos: 500_000_000 }, until: undefined });
console.log(`1.5 s is written as ${JSON.stringify(own)}`);
assert.deepStrictEqual(read.wait, { seconds: 0, nanos: 0 });
assert.strictEqual(JSON.stringify(read.until), '"1990-05-15T00:00:00.000Z"');
assert.deepStrictEqual(JSON.parse(JSON.stringify(own)), { wait: { seconds: 1, nanos: 500_000_000 } });
TS
npx esbuild see.ts --bundle --platform=node --log-level=warning --outfile=see.cjs
echo 'ts-proto 2.18.0'
node see.cjs

// Generates libs/contracts from proto/: the code of both generators, their indexes and the tables; and of each service with a
// database what it has.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { indexSource } from './lib/contract-index.mjs';
import { readFiles, readTables } from './lib/contract-tables.mjs';
import { writeDatabases } from './lib/databases.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const HEADER = '// Generated from proto/ by tools/generate.mjs. Do not edit.\n/* eslint-disable */\n';
const DESCRIPTORS = join(root, 'libs/contracts/descriptors/src/gen');
const MESSAGES = join(root, 'libs/contracts/messages/src/gen');

function buf(...args) {
  execFileSync(process.execPath, [join(root, 'node_modules/@bufbuild/buf/bin/buf'), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
}

function descriptorSet() {
  const path = join(root, '.cache/contract.binpb');
  mkdirSync(dirname(path), { recursive: true });
  buf('build', '--as-file-descriptor-set', '--exclude-source-info', '-o', path);
  return readFileSync(path);
}

function writeDescriptorsIndex() {
  const { files, clashing, source } = indexSource(
    DESCRIPTORS,
    (path) =>
      path.startsWith('obp/') ||
      /^(google\/api\/(annotations|http|httpbody)|grpc\/reflection\/v1\/reflection)_pb\.ts$/.test(path),
  );
  const fileName = (path) => `file_${path.replace(/_pb\.ts$/, '').replace(/[^A-Za-z0-9]/g, '_')}`;
  const own = files.filter((path) => path.startsWith('obp/'));
  write(DESCRIPTORS, 'index.ts', [
    `import type { DescFile } from '@bufbuild/protobuf';`,
    ...own.map((path) => `import { ${fileName(path)} } from './${path.replace(/\.ts$/, '.js')}';`),
    source,
    '/** Every file of the contract. */',
    `export const contractFiles: readonly DescFile[] = [${own.map(fileName).join(', ')}];`,
  ]);
  return clashing;
}

function writeMessagesIndex() {
  const extra = [
    'google/api/httpbody.ts',
    'google/protobuf/any.ts',
    'google/rpc/status.ts',
    'grpc/health/v1/health.ts',
    'grpc/reflection/v1/reflection.ts',
  ];
  const { files, clashing, source } = indexSource(MESSAGES, (path) => path.startsWith('obp/') || extra.includes(path));
  const messageFns = files.find((path) =>
    readFileSync(join(MESSAGES, path), 'utf8').includes('export interface MessageFns<'),
  );
  write(MESSAGES, 'index.ts', [
    source,
    `export type { MessageFns } from './${messageFns.replace(/\.ts$/, '.js')}';`,
    `export * from './tables.js';`,
  ]);
  return clashing;
}

function writeTables(bytes) {
  const { failureTable, roleTable, rpcTable, requestRules } = readTables(bytes);
  const table = (comment, name, type, rows) =>
    `/** ${comment} */\nexport const ${name}: Readonly<Record<${type}>> = ${JSON.stringify(rows, null, 2)};`;
  write(MESSAGES, 'tables.ts', [
    'export interface FailureRow { code: string; status: number; text: string; detail: string }',
    'export interface RoleRow { name: string; requires_bank_id: boolean }',
    `export interface RpcRow { operation_id: string; access: 'user' | 'public' | 'service'; callers: readonly string[]; roles: readonly number[]; idempotent: boolean; bank_scoped: boolean }`,
    '/** A rule of one field of a request. `path`: its place; `name`: what refusals call it, a body itself having none; `in`: what it belongs to; `shape`: the name of the body, empty when refusals do not say it. `[]` in a path: each element of a list. A rule without any constraint asks for a text without the NUL character. */',
    `export interface RequestRule { path: readonly string[]; name: string; required?: true; format?: 'date-time'; min_len?: number; max_len?: number; max_items?: number; allowed?: readonly string[]; pattern?: string; otherwise?: string; id?: number; id_detail?: string; in: 'body' | 'query' | 'message'; shape: string }`,
    table('By the number of the Failure.', 'failureTable', 'number, FailureRow', failureTable),
    table('By the number of the Role.', 'roleTable', 'number, RoleRow', roleTable),
    table('By the path of the rpc: /package.Service/Method.', 'rpcTable', 'string, RpcRow', rpcTable),
    table(
      'By the path of the rpc; those without rules are not there.',
      'requestRules',
      'string, readonly RequestRule[]',
      requestRules,
    ),
    '/** The google.protobuf.FileDescriptorProto of each file of the contract and its imports, in base64. */',
    `export const fileDescriptors: readonly string[] = ${JSON.stringify(readFiles(bytes), null, 2)};`,
  ]);
  return Object.keys(rpcTable).length;
}

function write(folder, name, lines) {
  writeFileSync(join(folder, name), `${HEADER}${lines.join('\n')}\n`);
}

/**
 * With null for absent members, ts-proto treats every value of a Struct as absent, although null is a valid value
 * there.
 */
function mendStruct() {
  const path = join(MESSAGES, 'google/protobuf/struct.ts');
  const mends = [
    [/(\w+_value) !== undefined\) \{/g, '$1 != null) {'],
    [
      /if \(message\.value !== undefined && message\.value !== null\) \{(\s+)Value\.encode\(Value\.wrap\(/g,
      'if (message.value !== undefined) {$1Value.encode(Value.wrap(',
    ],
    [/if \(entry1\.value !== undefined && entry1\.value !== null\) \{/g, 'if (entry1.value !== undefined) {'],
  ];
  const source = readFileSync(path, 'utf8');
  const mended = mends.reduce((text, [fault, mend]) => {
    if (text.search(fault) < 0) throw new Error(`${path} is not what this mends: ${fault}`);
    return text.replace(fault, /** @type {string} */ (mend));
  }, source);
  writeFileSync(path, mended);
}

writeDatabases(
  join(root, 'apps'),
  '// Generated from *.entity.ts and migrations/ by tools/generate.mjs. Do not edit.\n/* eslint-disable */\n',
);
buf('generate');
mendStruct();
const rpcs = writeTables(descriptorSet());
const clashing = [...new Set([...writeDescriptorsIndex(), ...writeMessagesIndex()])];
console.log(`generated ${rpcs} rpcs`);
if (clashing.length > 0)
  console.log(`declared in more than one package, exported with the package's noun in front: ${clashing.join(', ')}`);

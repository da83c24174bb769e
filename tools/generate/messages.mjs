import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/workspace.mjs';
import { descriptorSet, generate, writeGenerated } from './buf.mjs';
import { indexSource } from './contract-index.mjs';
import { readFiles, readTables } from './contract-tables.mjs';

const MESSAGES = join(root, 'libs/contracts/messages/src/gen');

/** Generates the plain messages and codecs (ts-proto), the tables of the options that services need, and their index. */
export function writeMessages() {
  generate('libs/contracts/messages');
  mendStruct();
  writeTables(descriptorSet());
  return writeIndex();
}

function writeIndex() {
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
  writeGenerated(MESSAGES, 'index.ts', [
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
  writeGenerated(MESSAGES, 'tables.ts', [
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

import { describe, expect, it } from '@jest/globals';
import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { type Endpoint, readEndpoints } from '@platform/endpoints';
import { type BoundService, pathOf, type Rpc, toRpc } from '@platform/grpc';
import * as messages from '@platform/messages';
import { createRandom } from '@platform/testing';
import { partOf } from '../http/answer-stream.js';
import { compileAsOf } from './as-of.js';
import { compileItems } from './json-writer.js';

const random = createRandom();
const lists = readEndpoints().filter(({ list }) => list !== undefined);
const rpcs = new Map(
  Object.values(messages as Record<string, unknown>).flatMap((value) => (isDefinition(value) ? rpcsOf(value) : [])),
);
const written = lists
  .map((endpoint) => ({ endpoint, write: compileItems(endpoint.response) }))
  .filter(({ write }) => write !== undefined);

function isDefinition(value: unknown): value is BoundService['definition'] {
  return typeof value === 'object' && value !== null && 'fullName' in value && 'methods' in value;
}

/** The rpcs of a service with codecs for both directions of the response. */
function rpcsOf(definition: BoundService['definition']): [string, Rpc<object, object>][] {
  return Object.values(definition.methods).map((method) => [
    pathOf(definition, method.name),
    toRpc(definition, { ...method, requestType: method.responseType }) as Rpc<object, object>,
  ]);
}

function rpcOf({ rpc_path }: Endpoint): Rpc<object, object> {
  const found = rpcs.get(rpc_path);
  if (found === undefined) throw new Error(`no codecs of ${rpc_path}`);
  return found;
}

const hard = [
  '',
  '"',
  '\\',
  '\u0000',
  '\u001f',
  '\u007f',
  '\u0080',
  '\u2028',
  '😀',
  '\ud800',
  '</script>',
  'x'.repeat(20_000),
];
const texts = () => (random.int(0, 3) === 0 ? random.pick(hard) : random.text(random.int(0, 60)));

/** A message as its decoder may return it: each field may be absent or have an extreme value. */
function messageOf(message: DescMessage): object {
  return Object.fromEntries(message.fields.map((field) => [field.name, valueOf(field)]));
}

function valueOf(field: DescField): unknown {
  if (field.fieldKind === 'list') return Array.from({ length: random.pick([0, 1, 2, 5]) }, () => oneOf(field));
  const mayBeAbsent = field.presence !== FeatureSet_FieldPresence.IMPLICIT;
  return mayBeAbsent && random.int(0, 2) === 0 ? null : oneOf(field);
}

function oneOf(field: DescField): unknown {
  if (field.message !== undefined) return messageOf(field.message);
  if (field.fieldKind === 'enum') return random.pick([0, 1, 7]);
  if (field.scalar === ScalarType.STRING) return texts();
  if (field.scalar === ScalarType.BOOL) return random.int(0, 1) === 1;
  if (field.scalar === ScalarType.INT32)
    return random.pick([0, 1, 9, 10, -1, 2 ** 31 - 1, -(2 ** 31), random.int(-1_000_000, 1_000_000)]);
  throw new Error(`a value of ${field.name} is not known here`);
}

describe('the text of a list, written from bytes', () => {
  it('is written for nearly all lists', () => {
    const others = lists
      .filter(({ response }) => compileItems(response) === undefined)
      .map(({ response }) => response.name);
    expect([...new Set(others)].sort()).toEqual(['BanksV400', 'CustomerEvents', 'JsonSchemaValidations', 'UsersV400']);
  });

  it.each(
    written.map(
      ({ endpoint, write }) => [endpoint.operation_id, endpoint, write as NonNullable<typeof write>] as const,
    ),
  )('is what JSON.stringify gives for %s', (_id, endpoint, write) => {
    const { serialize, deserialize } = rpcOf(endpoint);
    const name = endpoint.list?.name ?? '';
    const asOf = compileAsOf(endpoint.response) ?? ((message: object) => message);
    for (let round = 0; round < 40; round += 1) {
      const bytes = serialize(messageOf(endpoint.response));
      expect(write(bytes)).toEqual(partOf(name, asOf(deserialize(bytes), 'v5.1.0')));
    }
  });

  it('is left to the decoder where fields come twice, out of order, or from a newer contract', () => {
    const { endpoint, write } = written.find(
      ({ endpoint: { response } }) => response.name === 'CustomersV300',
    ) as (typeof written)[number];
    const { serialize, deserialize } = rpcOf(endpoint);
    const bytesOf = (fields: Buffer) => Buffer.concat([Buffer.from([10, fields.length]), fields]);
    const field = (number: number, text: string) =>
      Buffer.concat([Buffer.from([(number << 3) | 2, text.length]), Buffer.from(text)]);
    const ordered = bytesOf(Buffer.concat([field(1, 'bank'), field(2, 'id')]));
    expect(write?.(ordered)).toEqual(partOf('customers', deserialize(ordered)));
    for (const odd of [
      [field(2, 'id'), field(1, 'bank')],
      [field(1, 'a'), field(1, 'b')],
      [field(1, 'a'), Buffer.from([0xfa, 0x06, 1, 65])],
    ])
      expect(write?.(bytesOf(Buffer.concat(odd)))).toBeUndefined();
    expect(write?.(ordered.subarray(0, ordered.length - 1))).toBeUndefined();
    expect(serialize(deserialize(ordered))).toEqual(ordered);
  });
});

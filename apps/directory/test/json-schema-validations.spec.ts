import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rpc } from '@platform/grpc';
import {
  AuthenticationTypeValidationServiceDefinition,
  Failure,
  RestrictionServiceDefinition,
  type JsonSchemaValidation,
  JsonSchemaValidationServiceDefinition,
  Role,
} from '@platform/messages';
import { all, asUser, context, newName, outcomes, refused, startDirectory } from './directory.js';

const rpcs = {
  create: rpc(JsonSchemaValidationServiceDefinition, 'createJsonSchemaValidation'),
  update: rpc(JsonSchemaValidationServiceDefinition, 'updateJsonSchemaValidation'),
  remove: rpc(JsonSchemaValidationServiceDefinition, 'deleteJsonSchemaValidation'),
  get: rpc(JsonSchemaValidationServiceDefinition, 'getJsonSchemaValidation'),
  list: rpc(JsonSchemaValidationServiceDefinition, 'getAllJsonSchemaValidations'),
  listPublic: rpc(JsonSchemaValidationServiceDefinition, 'getAllJsonSchemaValidationsPublic'),
  restrictions: rpc(RestrictionServiceDefinition, 'getRestrictions'),
  createTypes: rpc(AuthenticationTypeValidationServiceDefinition, 'createAuthenticationTypeValidation'),
};

let directory: Awaited<ReturnType<typeof startDirectory>>;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.close());

type Schema = Record<string, unknown>;
const schemaOf = (change: Schema = {}): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A "title" of \\ and é😀',
  type: 'object',
  required: ['number'],
  description: '',
  properties: {
    number: { minimum: 10, type: ['integer', 'null'], default: null },
    $ref: {},
    a: { enum: [true, 1.5, -0.1, 1e300, '', [], {}] },
  },
  additionalProperties: false,
  ...change,
});
const create = (
  operation_id: string,
  json_schema: Schema | null = schemaOf(),
  roles = [Role.ROLE_CAN_CREATE_JSON_SCHEMA_VALIDATION],
): Promise<JsonSchemaValidation> =>
  directory.peer.call(rpcs.create, { operation_id, json_schema }, asUser('someone', roles));
const update = (
  operation_id: string,
  json_schema: Schema | null,
  roles = [Role.ROLE_CAN_UPDATE_JSON_SCHEMA_VALIDATION],
) => directory.peer.call(rpcs.update, { operation_id, json_schema }, asUser('someone', roles));
const remove = (operation_id: string, roles = [Role.ROLE_CAN_DELETE_JSON_SCHEMA_VALIDATION]) =>
  directory.peer.call(rpcs.remove, { operation_id }, asUser('someone', roles));
const get = (operation_id: string, roles = [Role.ROLE_CAN_GET_JSON_SCHEMA_VALIDATION]) =>
  directory.peer.call(rpcs.get, { operation_id }, asUser('someone', roles));
const listed = async (method: typeof rpcs.list | typeof rpcs.listPublic = rpcs.list) => {
  const as = method === rpcs.list ? asUser('someone', [Role.ROLE_CAN_GET_JSON_SCHEMA_VALIDATION]) : context();
  const messages = await all(directory.peer.stream(method as typeof rpcs.list, {}, as));
  return {
    validations: messages.flatMap(({ json_schema_validations }) => json_schema_validations),
    messages: messages.length,
  };
};
const restrictions = async () => (await directory.peer.call(rpcs.restrictions, {}, context())).restrictions;

const unknown = { failure: Failure.FAILURE_JSON_SCHEMA_VALIDATION_NOT_FOUND };

describe('a JSON Schema validation', () => {
  it('is stored as it was posted, members in order, changed and deleted', async () => {
    const operation_id = `OBPv4.0.0-${newName('some operation / é')}`;
    const created = await create(operation_id);
    expect(JSON.stringify(created)).toBe(JSON.stringify({ operation_id, json_schema: schemaOf() }));
    expect(JSON.stringify(await get(operation_id))).toBe(JSON.stringify(created));
    expect(await restrictions()).toEqual([
      { operation_id, json_schema: JSON.stringify(schemaOf()), allowed_authentication_types: [] },
    ]);
    const other = schemaOf({ title: 'other', $schema: 'https://json-schema.org/draft/2020-12/schema' });
    expect(await update(operation_id, other)).toEqual({ operation_id, json_schema: other });
    expect(await get(operation_id)).toEqual({ operation_id, json_schema: other });
    expect(await remove(operation_id)).toEqual({ value: true });
    await expect(get(operation_id)).rejects.toMatchObject(unknown);
    await expect(remove(operation_id)).rejects.toMatchObject(unknown);
    expect(await restrictions()).toEqual([]);
  });

  it('is one for each operation, also when ten post at once', async () => {
    const operation_id = newName('operation');
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => create(operation_id, schemaOf({ title: `${n}` }))),
    );
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_OPERATION_ID_EXISTS] });
    await remove(operation_id);
  });

  it.each<[string, Schema | null, string | RegExp]>([
    [
      'nothing',
      {},
      '$.$schema: is missing but it is required; $.type: is missing but it is required; $.title: is missing but it is required; $.description: is missing but it is required; $.required: is missing but it is required; $.properties: is missing but it is required',
    ],
    ['no body', null, '$: a JSON object is expected'],
    ['an unknown draft', schemaOf({ $schema: 'draft' }), /^\$\.\$schema: must name draft-04/],
    ['a bad member', schemaOf({ required: 'number' }), '$.required: string found, array expected'],
    [
      'a remote reference',
      schemaOf({ properties: { a: { $ref: 'http://example.com/s' } } }),
      /can't resolve reference/,
    ],
    ['too much', schemaOf({ title: 'x'.repeat(100_000) }), '$: must not be longer than 100000 characters'],
  ])('refuses %s, before it looks for the operation', async (_what, schema, detail) => {
    const invalid = {
      failure: Failure.FAILURE_JSON_SCHEMA_INVALID,
      detail: typeof detail === 'string' ? detail : (expect.stringMatching(detail) as unknown),
    };
    await expect(create('bad', schema)).rejects.toMatchObject(invalid);
    await expect(update('unknown', schema)).rejects.toMatchObject(invalid);
    await expect(get('bad')).rejects.toMatchObject(unknown);
  });

  it('has an operation id of some text', async () => {
    for (const bad of ['', 'x'.repeat(256), 'a\0'])
      await expect(create(bad)).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
    for (const bad of ['', 'x'.repeat(9_000), 'a\0', "'; drop table bank"]) {
      await expect(get(bad)).rejects.toMatchObject(unknown);
      await expect(update(bad, schemaOf())).rejects.toMatchObject(unknown);
      await expect(remove(bad)).rejects.toMatchObject(unknown);
    }
  });

  it('asks for a role each', async () => {
    await refused([create('x', schemaOf(), []), update('x', schemaOf(), []), remove('x', []), get('x', [])], {
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
    });
    await expect(all(directory.peer.stream(rpcs.list, {}, asUser('someone')))).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
    });
  });
});

describe('all restrictions', () => {
  it('are none at first', async () => {
    expect(await listed()).toEqual({ validations: [], messages: 1 });
    expect(await listed(rpcs.listPublic)).toEqual({ validations: [], messages: 1 });
  });

  it('show schemas and ways of logging in together, by operation', async () => {
    const types = (operation_id: string, allowed_authentication_types: string[]) =>
      directory.peer.call(
        rpcs.createTypes,
        { operation_id, allowed_authentication_types },
        asUser('someone', [Role.ROLE_CAN_CREATE_AUTHENTICATION_TYPE_VALIDATION]),
      );
    await Promise.all([
      create('b', schemaOf()),
      create('a', schemaOf()),
      types('b', ['DirectLogin', 'OAuth1.0a']),
      types('c', ['OAuth2_OIDC']),
    ]);
    const json_schema = JSON.stringify(schemaOf());
    expect(await restrictions()).toEqual([
      { operation_id: 'a', json_schema, allowed_authentication_types: [] },
      { operation_id: 'b', json_schema, allowed_authentication_types: ['DirectLogin', 'OAuth1.0a'] },
      { operation_id: 'c', json_schema: null, allowed_authentication_types: ['OAuth2_OIDC'] },
    ]);
    expect((await listed()).validations.map(({ operation_id }) => operation_id)).toEqual(['a', 'b']);
    await expect(directory.peer.call(rpcs.restrictions, {}, asUser('someone'))).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
    });
  });

  it('fit one message: no more than 2,000,000 bytes of schemas are taken, also at once', async () => {
    await directory.rows('delete from json_schema_validation');
    const large = (character: string) => schemaOf({ description: character.repeat(90_000) });
    await directory.rows(
      "insert into json_schema_validation select 'big.' || lpad(n::text, 3, '0'), $1 from generate_series(1, 19) n",
      [JSON.stringify(large('a'))],
    );
    const results = await Promise.allSettled(Array.from({ length: 6 }, (_, n) => create(`more.${n}`, large('b'))));
    expect(outcomes(results)).toEqual({ fulfilled: 3, failures: [Failure.FAILURE_JSON_SCHEMA_INVALID] });
    await expect(create('wide', large('é'))).rejects.toMatchObject({
      detail: 'All schemas together must not take more than 2000000 bytes.',
    });
    await expect(update('big.001', large('é'))).rejects.toMatchObject({ failure: Failure.FAILURE_JSON_SCHEMA_INVALID });
    expect(await update('big.001', schemaOf())).toMatchObject({ operation_id: 'big.001' });
    expect((await restrictions()).filter(({ json_schema }) => json_schema !== null)).toHaveLength(22);
    const { validations, messages } = await listed(rpcs.listPublic);
    expect(validations).toHaveLength(22);
    expect(messages).toBeGreaterThan(1);
  });

  it('are a thousand at most', async () => {
    await directory.rows('delete from json_schema_validation');
    await directory.rows("insert into json_schema_validation select 'n.' || n, $1 from generate_series(1, 998) n", [
      JSON.stringify(schemaOf()),
    ]);
    const results = await Promise.allSettled(Array.from({ length: 4 }, (_, n) => create(`more.${n}`)));
    expect(outcomes(results)).toEqual({ fulfilled: 2, failures: [Failure.FAILURE_JSON_SCHEMA_INVALID] });
    await expect(create('one.more')).rejects.toMatchObject({ detail: 'There must not be more than 1000 schemas.' });
    expect((await listed()).validations).toHaveLength(1_000);
  });
});

describe('what costs most to answer', () => {
  it('still fits a message: a schema of short numbers', async () => {
    await directory.rows('delete from json_schema_validation');
    const numbers = schemaOf({
      enum: Array.from({ length: 49_000 }, () => 1),
      uniqueItems: false,
      properties: {},
      type: 'array',
    });
    const plain = { ...numbers, examples: numbers['enum'] };
    delete (plain as Schema)['enum'];
    for (let n = 0; n < 8; n += 1) await create(`numbers.${n}`, plain);
    const { validations, messages } = await listed();
    expect(validations).toHaveLength(8);
    expect(messages).toBeGreaterThan(1);
  });

  it('still is read: a schema of 32 levels, the most that the edge lets in', async () => {
    let nested: unknown = 1;
    for (let level = 2; level <= 32; level += 1) nested = { nested };
    const deep = schemaOf({ default: nested });
    expect(await create('deep', deep)).toEqual({ operation_id: 'deep', json_schema: deep });
    expect((await listed()).validations).toContainEqual({ operation_id: 'deep', json_schema: deep });
  });
});

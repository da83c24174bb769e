import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DescField, ScalarType } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';
import { type Endpoint, readEndpoints, ruleOf } from '@platform/endpoints';
import { roleTable } from '@platform/messages';
import type { Answer } from './http.js';
import { expectRefusal } from './operations.js';
import { type Person, type Platform, startPlatform } from './platform.js';
import { createRecords, exampleBodies, keeperOf, type Records } from './records.js';

type Body = Record<string, unknown>;

const nameOf = ({ operation_id }: Endpoint) => operation_id.split('-')[1] as string;
const withBody = readEndpoints()
  .filter((endpoint) => endpoint.body !== undefined && exampleBodies[nameOf(endpoint)] !== undefined)
  .map((endpoint): [string, Endpoint] => [nameOf(endpoint), endpoint]);

let platform: Platform;
let keeper: Person;
let nobody: Person;
let own: Records;

beforeAll(async () => {
  platform = await startPlatform();
  const bank_id = await platform.bank();
  keeper = await keeperOf(platform, bank_id);
  nobody = await platform.person();
  const roles = new Set(withBody.flatMap(([, endpoint]) => endpoint.roles.map((role) => roleTable[role]?.name ?? '')));
  for (const role of roles) {
    const granted = await platform.call('POST', `/users/${keeper.user_id}/entitlements`, {
      token: platform.admin.token,
      body: { role_name: role, bank_id },
    });
    // 400: the role is a system role, which is not needed here, or the user already has it.
    expect([201, 400]).toContain(granted.status);
  }
  own = await createRecords(platform, keeper, bank_id);
}, 60_000);
afterAll(() => platform.close());

const example = (endpoint: Endpoint): Body => ({
  ...(exampleBodies[nameOf(endpoint)] as (at: Records) => object)(own),
});

function run(
  { routes: [{ verb, segments }] }: Endpoint,
  body: unknown,
  { person = keeper, records = own }: { person?: Person; records?: Partial<Records> } = {},
): Promise<Answer> {
  const path = segments
    .map((segment) => `/${'field' in segment ? String(records[segment.field as keyof Records]) : segment.literal}`)
    .join('');
  return platform.call(verb, path, { token: person.token, body, headers: { 'content-type': 'application/json' } });
}

const fieldsOf = ({ body }: Endpoint): readonly DescField[] => body?.message?.fields ?? [];
const isText = (field: DescField) =>
  field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING && ruleOf(field).format === 0;
const isRequired = (field: DescField) =>
  ruleOf(field).required || (field.fieldKind === 'scalar' && field.presence !== FeatureSet_FieldPresence.EXPLICIT);

/** Operations that look something up: for a name that is too long they find nothing. */
const lookUps = new Set([
  'getCustomerByCustomerNumber',
  'getCustomerOverview',
  'getCustomerOverviewFlat',
  'getCustomersByLegalName',
  'getCustomersByCustomerPhoneNumber',
]);

/** Faults of one member that every operation refuses: [name, value]; without a value the member is missing. */
function faultsOf(field: DescField): [string, unknown][] {
  const missing: [string, unknown][] = isRequired(field) ? [['missing', undefined]] : [];
  if (ruleOf(field).format !== 0)
    return [...missing, ['30 February', '2023-02-30T00:00:00Z'], ['a number', 1], ['an empty text', '']];
  if (field.fieldKind === 'list') return [...missing, ['a text', 'x'], ['an object', {}], ['a list of objects', [{}]]];
  const required: [string, unknown][] = isRequired(field) ? [...missing, ['null', null]] : [];
  if (isText(field))
    return [
      ...required,
      ['an object', {}],
      ['a list', ['a']],
      ['NUL', 'a\0b'],
      ['a lone surrogate', '\ud800'],
      ['too long', 'x'.repeat(3_000)],
    ];
  if (field.fieldKind === 'scalar' && field.scalar === ScalarType.BOOL)
    return [...required, ['a text', 'true'], ['a number', 1]];
  return [...required, ['a text', 'x'], ['a list', []], ['true', true]];
}

function spoilt(body: Body, name: string, value: unknown): Body {
  const { [name]: _old, ...rest } = body;
  return value === undefined ? rest : { ...rest, [name]: value };
}

describe.each(withBody)('the body of %s', (_name, endpoint) => {
  // Where live OBP servers do not name the shape, neither does this platform.
  const shape =
    endpoint.body !== undefined && ruleOf(endpoint.body).unnamed
      ? /^OBP-10001: Incorrect json format\.$/
      : new RegExp(
          `^OBP-10001: Incorrect json format\\. The Json body should be the ${endpoint.body?.message?.name ?? ''} `,
        );

  it('must be a JSON object of its shape, which the refusal names where live servers do', async () => {
    for (const body of ['', '[]', '"x"', '1', 'null']) expectRefusal(await run(endpoint, body), 400, shape);
    expectRefusal(await run(endpoint, '{"a":'), 400, /^OBP-10001: Incorrect json format\./);
  });

  it('refuses each member that is missing or wrong', async () => {
    const wrong: string[] = [];
    for (const field of fieldsOf(endpoint)) {
      for (const [what, value] of faultsOf(field)) {
        if (what === 'too long' && lookUps.has(nameOf(endpoint))) continue;
        const { status, json, text } = await run(endpoint, spoilt(example(endpoint), field.name, value));
        if (status !== 400 || !/^OBP-10001: /.test(String(json.message)))
          wrong.push(`${field.name}, ${what}: ${status} ${text.slice(0, 120)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('may have members that nobody knows', async () => {
    // Uses records that no other case uses, because the call may change the customer number.
    const records = await createRecords(platform, keeper, own.bank_id);
    const { status, text } = await run(
      endpoint,
      { ...exampleBodies[nameOf(endpoint)]?.(records), unknown: { a: [1, null] } },
      { records },
    );
    expect([status, text]).toEqual([endpoint.success_status, expect.anything()]);
  });

  it('is looked at after the bank and the role, and before the record', async () => {
    expectRefusal(
      await run(endpoint, {}, { person: nobody, records: { ...own, bank_id: 'no.bank' } }),
      404,
      /^OBP-30001: /,
    );
    if (endpoint.roles.length > 0) expectRefusal(await run(endpoint, {}, { person: nobody }), 403, /^OBP-20006: /);
    const strangers = {
      ...own,
      customer_id: 'unknown',
      agent_id: 'unknown',
      customer_account_link_id: 'unknown',
      customer_attribute_id: 'unknown',
      customer_address_id: 'unknown',
    };
    expectRefusal(await run(endpoint, {}, { records: strangers }), 400, shape);
  });
});

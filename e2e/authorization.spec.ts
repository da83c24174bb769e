import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Endpoint, readEndpoints } from '@platform/endpoints';
import { callerKey, type Claims, signAssertion } from '@platform/entitlements';
import { type Role, roleTable, rpcTable } from '@platform/messages';
import published from '../libs/endpoints/test/operations.json' with { type: 'json' };
import { openPeople, type People } from './people.js';
import { type Person, type Platform, startOwnPlatform } from './platform.js';
import { createRawGrpc, type Outcome, type RawGrpc, requestBytes } from './raw-grpc.js';
import { createRecords, exampleBodies, keeperOf, type Records } from './records.js';

const siblings = ['OBPv5.1.0-getAgent', 'OBPv5.1.0-getAgents'];
const endpoints = readEndpoints().filter(({ operation_id }) => siblings.includes(operation_id) || published.some((operation) => operation.operation_id === operation_id));
const nameOf = ({ operation_id }: Endpoint) => operation_id.split('-')[1] as string;
const named = endpoints.map((endpoint): [string, Endpoint] => [nameOf(endpoint), endpoint]);
const only = (wanted: (endpoint: Endpoint) => boolean) => named.filter(([, endpoint]) => wanted(endpoint));

let platform: Platform;
let people: People;
let edge: RawGrpc;
let keeper: Person;
/** A customer at the bank, another one there, and one at another bank. */
let own: Records;
let sibling: Records;
let elsewhere: Records;

beforeAll(async () => {
  platform = await startOwnPlatform({ ALLOW_CUSTOMER_FIREHOSE: 'true' });
  people = await openPeople(platform);
  edge = createRawGrpc(new URL(platform.origin).host);
  const [bank, other] = [await platform.bank(), await platform.bank()];
  keeper = await keeperOf(platform, bank, other);
  [own, sibling, elsewhere] = await Promise.all([createRecords(platform, keeper, bank), createRecords(platform, keeper, bank), createRecords(platform, keeper, other)]);
}, 60_000);
afterAll(async () => {
  edge.close();
  await people.close();
  await platform.close();
});

const needsBank = (role: number) => roleTable[role]?.requires_bank_id === true;
const roleName = (role: number) => roleTable[role]?.name ?? '';
const at = (roles: readonly number[], bank: string) => roles.map((role) => (bank === '' ? roleName(role) : `${roleName(role)}@${bank}`));
const right = (role: number) => at([role], needsBank(role) ? own.bank_id : '');

/** Records that the call may change or remove; reads share theirs. */
const fresh = ({ rpc_path }: Endpoint): Promise<Records> => (rpcTable[rpc_path]?.idempotent === true ? Promise.resolve(own) : createRecords(platform, keeper, own.bank_id));

function pathOf({ routes }: Endpoint, records: Records, route = 0): string {
  const segments = routes[route]?.segments ?? [];
  return segments.map((segment) => `/${'field' in segment ? String(records[segment.field as keyof Records]) : segment.literal}`).join('');
}

function bodyOf(endpoint: Endpoint, records: Records): object | undefined {
  if (endpoint.body === undefined) return undefined;
  const example = exampleBodies[nameOf(endpoint)];
  if (example === undefined) throw new Error(`no example body for ${nameOf(endpoint)}`);
  return example(records);
}

/** "200", or the status and the code of the refusal: "403 OBP-20006". */
async function rest(endpoint: Endpoint, records: Records, token?: string, route = 0): Promise<string> {
  const answer = await platform.call(endpoint.routes[0].verb, pathOf(endpoint, records, route), { token, body: bodyOf(endpoint, records) });
  return answer.status < 300 ? `${answer.status}` : `${answer.status} ${/^OBP-\d{5}/.exec(String(answer.json.message))?.[0] ?? answer.text}`;
}

const said = ({ code, message }: Outcome) => (code === 'OK' ? code : `${code} ${/^OBP-\d{5}/.exec(message)?.[0] ?? message}`);

function bytesOf(endpoint: Endpoint, records: Records, route = 0): Uint8Array {
  const fields = (endpoint.routes[route]?.segments ?? []).flatMap((segment) => ('field' in segment ? [[segment.field, records[segment.field as keyof Records]]] : []));
  const body = bodyOf(endpoint, records);
  return requestBytes(endpoint, { ...Object.fromEntries(fields), ...(body === undefined ? {} : { body }) });
}

const grpc = async (endpoint: Endpoint, records: Records, token?: string, route = 0): Promise<string> =>
  said(await edge.call(endpoint, bytesOf(endpoint, records, route), token === undefined ? {} : { directlogin: `token=${token}` }));

type Run = (endpoint: Endpoint, records: Records, token?: string) => Promise<string>;
interface Words {
  readonly success: string;
  readonly not_logged_in: string;
  readonly bad_token: string;
  readonly missing_role: string;
}

/** Every kind of caller, and what each is answered. */
async function outcomes(endpoint: Endpoint, run: Run): Promise<Record<string, string>> {
  const { roles } = endpoint;
  const found: Record<string, string> = {
    'no token': await run(endpoint, own),
    'bad token': await run(endpoint, own, 'unknown'),
    'no role': await run(endpoint, own, await people.add([])),
    'the role at another bank': await run(endpoint, own, await people.add(at(roles, elsewhere.bank_id))),
    'the role with an empty bank id': await run(endpoint, own, await people.add(at(roles.filter(needsBank), ''))),
    'every role of other operations': await run(endpoint, own, await people.add(rolesOfOthers(endpoint))),
  };
  for (const role of roles) found[`the right role, ${roleName(role)}`] = await run(endpoint, await fresh(endpoint), await people.add(right(role)));
  return found;
}

function rolesOfOthers({ roles }: Endpoint): string[] {
  return [...new Set(endpoints.flatMap((other) => other.roles))].filter((role) => !roles.includes(role)).flatMap((role) => right(role));
}

function expected({ roles, rpc_path }: Endpoint, words: Words): Record<string, string> {
  const insufficient = roles.length > 0 ? words.missing_role : words.success;
  return {
    'no token': rpcTable[rpc_path]?.access === 'public' ? words.success : words.not_logged_in,
    'bad token': words.bad_token,
    'no role': insufficient,
    'the role at another bank': insufficient,
    'the role with an empty bank id': insufficient,
    'every role of other operations': insufficient,
    ...Object.fromEntries(roles.map((role) => [`the right role, ${roleName(role)}`, words.success])),
  };
}

it('the table has every operation', () => {
  expect(published).toHaveLength(57);
  expect(endpoints).toHaveLength(59);
});

describe.each(named)('%s', (_name, endpoint) => {
  it('opens to the right callers over REST', async () => {
    const words = { success: `${endpoint.success_status}`, not_logged_in: '401 OBP-20001', bad_token: '401 OBP-20003', missing_role: '403 OBP-20006' };
    expect(await outcomes(endpoint, rest)).toEqual(expected(endpoint, words));
  });

  it('opens to the right callers over gRPC at the gateway', async () => {
    const words = { success: 'OK', not_logged_in: 'UNAUTHENTICATED OBP-20001', bad_token: 'UNAUTHENTICATED OBP-20003', missing_role: 'PERMISSION_DENIED OBP-20006' };
    expect(await outcomes(endpoint, grpc)).toEqual(expected(endpoint, words));
  });
});

const serviceOf = ({ method }: Endpoint) => method.parent.file.proto.package.split('.')[1] as string;

describe.each(only((endpoint) => serviceOf(endpoint) !== 'views'))('%s, called at its service', (_name, endpoint) => {
  it('opens to a signed caller with the right role alone', async () => {
    const service = createRawGrpc(`127.0.0.1:${platform.ports?.[serviceOf(endpoint) as 'customers'] ?? 0}`);
    const { roles, bank_scoped } = endpoint;
    const claims = (bank_id: string, held: readonly number[], user_id = keeper.user_id): Claims => ({ user_id, consumer_id: '', bank_id, roles: [...held] as Role[] });
    const sign = (of: Claims, secret = platform.caller_secret ?? '') => ({ [callerKey]: signAssertion(secret, 'gateway', of, Date.now()) });
    const run = async (metadata: Record<string, string | Buffer>, records = own) => said(await service.call(endpoint, bytesOf(endpoint, records), metadata));
    const here = bank_scoped ? own.bank_id : '';
    const isPublic = rpcTable[endpoint.rpc_path]?.access === 'public';
    const insufficient = roles.length > 0 ? 'PERMISSION_DENIED OBP-20006' : 'OK';
    try {
      const found: Record<string, string> = {
        'no caller': await run({}),
        'a token': await run({ directlogin: `token=${keeper.token}` }),
        'a caller signed by somebody else': await run(sign(claims(here, roles), 'another secret of somebody else')),
        'a caller without a user': await run(sign(claims(here, roles, ''))),
        'no role': await run(sign(claims(here, []))),
      };
      const wanted: Record<string, string> = {
        'no caller': 'UNAUTHENTICATED OBP-20001',
        'a token': 'UNAUTHENTICATED OBP-20001',
        'a caller signed by somebody else': 'UNAUTHENTICATED OBP-20001',
        'a caller without a user': isPublic ? 'OK' : 'UNAUTHENTICATED OBP-20001',
        'no role': insufficient,
      };
      if (bank_scoped) {
        found['a caller at another bank'] = await run(sign(claims(elsewhere.bank_id, roles)));
        found['a caller at no bank'] = await run(sign(claims('', roles)));
        wanted['a caller at another bank'] = wanted['a caller at no bank'] = 'PERMISSION_DENIED OBP-20006';
      }
      for (const role of roles) {
        found[`the right role, ${roleName(role)}`] = await run(sign(claims(here, [role])), await fresh(endpoint));
        wanted[`the right role, ${roleName(role)}`] = 'OK';
      }
      expect(found).toEqual(wanted);
    } finally {
      service.close();
    }
  });
});

/** What a record that is not there is answered, by the field that names it. */
const unknown: Readonly<Record<string, readonly [rest: string, grpc: string]>> = {
  customer_id: ['404 OBP-30046', 'NOT_FOUND OBP-30046'],
  customer_address_id: ['400 OBP-30310', 'INVALID_ARGUMENT OBP-30310'],
  tax_residence_id: ['400 OBP-30300', 'INVALID_ARGUMENT OBP-30300'],
  customer_attribute_id: ['400 OBP-30069', 'INVALID_ARGUMENT OBP-30069'],
  attribute_definition_id: ['400 OBP-30071', 'INVALID_ARGUMENT OBP-30071'],
  user_customer_link_id: ['400 OBP-30035', 'INVALID_ARGUMENT OBP-30035'],
  customer_account_link_id: ['400 OBP-30225', 'INVALID_ARGUMENT OBP-30225'],
  agent_id: ['400 OBP-30201', 'INVALID_ARGUMENT OBP-30201'],
};
/** These do not ask whether the record is there: it has no links. */
const empty = new Map([
  ['getUserCustomerLinksByCustomerId', '{"user_customer_links":[]}'],
  ['getCustomerAccountLinksByBankIdAccountId', '{"links":[]}'],
]);

interface Case {
  readonly title: string;
  readonly endpoint: Endpoint;
  readonly route: number;
  readonly field: string;
  readonly records: () => Records;
}

/** Each id of each path, taken from another bank, and each id below a customer, taken from another customer. */
function casesOf(endpoint: Endpoint): Case[] {
  return endpoint.routes.flatMap(({ segments }, route) => {
    const fields = segments.flatMap((segment) => ('field' in segment && segment.field !== 'bank_id' && segment.field !== 'user_id' ? [segment.field] : []));
    const title = segments.map((segment) => ('field' in segment ? segment.field.toUpperCase() : segment.literal)).join('/');
    return fields.flatMap((field): Case[] => [
      { title: `${title}, ${field} of another bank`, endpoint, route, field, records: () => ({ ...own, [field]: elsewhere[field as keyof Records] }) },
      { title: `${title}, unknown ${field}`, endpoint, route, field, records: () => ({ ...own, [field]: 'unknown' }) },
      ...(field !== 'customer_id' && fields.includes('customer_id')
        ? [{ title: `${title}, ${field} of another customer`, endpoint, route, field, records: () => ({ ...own, [field]: sibling[field as keyof Records] }) }]
        : []),
    ]);
  });
}

const cases = endpoints.flatMap(casesOf).map((one): [string, string, Case] => [nameOf(one.endpoint), one.title, one]);
const holderOf = ({ roles }: Endpoint) => people.add(roles.filter(needsBank).flatMap((role) => right(role)));

it('every kind of record is tried', () => {
  expect(new Set(cases.map(([, , { field }]) => field))).toEqual(new Set([...Object.keys(unknown), 'account_id']));
});

describe('a record of another bank, or below another customer, is like an unknown one', () => {
  const snapshot = async () => {
    const reader = await people.add([own.bank_id, elsewhere.bank_id].flatMap((bank) => at([...new Set(endpoints.flatMap(({ roles }) => roles))].filter(needsBank), bank)));
    const reads = only(({ routes: [{ verb }] }) => verb === 'GET').flatMap(([, endpoint]) => [own, sibling, elsewhere].map((records) => [endpoint, records] as const));
    return Promise.all(reads.map(async ([endpoint, records]) => (await platform.call('GET', pathOf(endpoint, records), { token: reader })).text));
  };
  let before: string[];
  beforeAll(async () => void (before = await snapshot()));

  it.each(cases)('%s: %s', async (name, _title, { endpoint, route, field, records }) => {
    const token = await holderOf(endpoint);
    const none = empty.get(name);
    if (none !== undefined) {
      const { status, text } = await platform.call('GET', pathOf(endpoint, records(), route), { token });
      expect([status, text]).toEqual([200, none]);
      expect(await grpc(endpoint, records(), token, route)).toBe('OK');
      return;
    }
    expect([await rest(endpoint, records(), token, route), await grpc(endpoint, records(), token, route)]).toEqual(unknown[field]);
  });

  it.each<[string, string, string, () => Records]>([
    ['createUserCustomerLinks', 'customer_id', '404 OBP-30046', () => ({ ...own, customer_id: elsewhere.customer_id })],
    ['createUserCustomerLinks', 'user_id', '404 OBP-20057', () => ({ ...own, free_user_id: 'unknown' })],
    ['createCustomerAccountLink', 'customer_id', '404 OBP-30046', () => ({ ...own, customer_id: elsewhere.customer_id })],
    ['createCustomerAccountLink', 'account_id', '404 OBP-30018', () => ({ ...own, free_account_id: elsewhere.account_id })],
    ['addSocialMediaHandle', 'customer_number', '400 OBP-10001', () => ({ ...own, customer_number: sibling.customer_number })],
    ['getCustomerByCustomerNumber', 'customer_number', '404 OBP-30002', () => ({ ...own, customer_number: elsewhere.customer_number })],
    ['getCustomerOverview', 'customer_number', '404 OBP-30002', () => ({ ...own, customer_number: elsewhere.customer_number })],
    ['getCustomerOverviewFlat', 'customer_number', '404 OBP-30002', () => ({ ...own, customer_number: elsewhere.customer_number })],
  ])('%s: %s in the body', async (name, _field, answer, records) => {
    const [, endpoint] = named.find(([one]) => one === name) as [string, Endpoint];
    expect(await rest(endpoint, records(), await holderOf(endpoint))).toBe(answer);
  });

  it('the links of a user at another bank are not listed', async () => {
    const [, endpoint] = named.find(([one]) => one === 'getUserCustomerLinksByUserId') as [string, Endpoint];
    const { status, json } = await platform.call('GET', pathOf(endpoint, own), { token: await holderOf(endpoint) });
    const customers = (json.user_customer_links as { customer_id: string }[]).map(({ customer_id }) => customer_id);
    expect([status, customers]).toEqual([200, expect.arrayContaining([own.customer_id, sibling.customer_id])]);
    expect(customers).not.toContain(elsewhere.customer_id);
  });

  it('and none of them is changed by that', async () => {
    expect(await snapshot()).toEqual(before);
  });

  it('the status of an agent of another bank opens to the any-bank role alone', async () => {
    const [, endpoint] = named.find(([one]) => one === 'updateAgentStatus') as [string, Endpoint];
    const foreign = { ...own, agent_id: (await createRecords(platform, keeper, elsewhere.bank_id)).agent_id };
    expect(await rest(endpoint, foreign, await people.add(['CanUpdateAgentStatusAtAnyBank']))).toBe('200');
    expect(await rest(endpoint, foreign, await people.add([`CanUpdateAgentStatusAtOneBank@${own.bank_id}`]))).toBe('400 OBP-30201');
  });
});

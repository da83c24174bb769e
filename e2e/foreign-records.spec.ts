import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '@platform/endpoints';
import { type Calls, createCalls, endpoints, named, nameOf, needsBank, pathOf, roleName } from './calls.js';
import { openPeople, type People } from './people.js';
import { type Person, type Platform, startOwnPlatform } from './platform.js';
import { createRecords, keeperOf, type Records } from './records.js';

let platform: Platform;
let people: People;
let calls: Calls;
let keeper: Person;
/** A customer at the bank, a second one at the same bank, and one at another bank. */
let own: Records;
let sibling: Records;
let elsewhere: Records;

beforeAll(async () => {
  platform = await startOwnPlatform();
  people = await openPeople(platform);
  calls = createCalls(platform);
  const [bank, other] = [await platform.bank(), await platform.bank()];
  keeper = await keeperOf(platform, bank, other);
  [own, sibling, elsewhere] = await Promise.all([
    createRecords(platform, keeper, bank),
    createRecords(platform, keeper, bank),
    createRecords(platform, keeper, other),
  ]);
}, 60_000);
afterAll(async () => {
  calls.close();
  await people.close();
  await platform.close();
});

const bankRoles = (roles: readonly number[], bank: string) =>
  roles.filter(needsBank).map((role) => `${roleName(role)}@${bank}`);
const holderOf = ({ roles }: Endpoint) => people.add(bankRoles(roles, own.bank_id));
const operation = (name: string) => endpoints.find((endpoint) => nameOf(endpoint) === name) as Endpoint;

/** The response when a record does not exist, by the field that names it. */
const unknown: Readonly<Record<string, readonly [rest: string, grpc: string]>> = {
  customer_id: ['404 OBP-30046', 'NOT_FOUND OBP-30046'],
  customer_address_id: ['400 OBP-30310', 'INVALID_ARGUMENT OBP-30310'],
  tax_residence_id: ['400 OBP-30300', 'INVALID_ARGUMENT OBP-30300'],
  customer_attribute_id: ['400 OBP-30069', 'INVALID_ARGUMENT OBP-30069'],
  attribute_definition_id: ['400 OBP-30071', 'INVALID_ARGUMENT OBP-30071'],
  user_customer_link_id: ['400 OBP-30035', 'INVALID_ARGUMENT OBP-30035'],
  customer_account_link_id: ['400 OBP-30225', 'INVALID_ARGUMENT OBP-30225'],
  agent_id: ['400 OBP-30201', 'INVALID_ARGUMENT OBP-30201'],
  account_id: ['404 OBP-30018', 'NOT_FOUND OBP-30018'],
};
/** This operation does not check that the record exists: it answers with an empty list of links. */
const empty = new Map([['getUserCustomerLinksByCustomerId', '{"user_customer_links":[]}']]);

interface Case {
  readonly title: string;
  readonly endpoint: Endpoint;
  readonly route: number;
  readonly field: string;
  readonly records: () => Records;
}

/**
 * Each id in each path, replaced by one of another bank; and each id below a customer, replaced by one of another
 * customer.
 */
function casesOf(endpoint: Endpoint): Case[] {
  return endpoint.routes.flatMap(({ segments }, route) => {
    const fields = segments.flatMap((segment) =>
      'field' in segment && segment.field !== 'bank_id' && segment.field !== 'user_id' ? [segment.field] : [],
    );
    const title = segments
      .map((segment) => ('field' in segment ? segment.field.toUpperCase() : segment.literal))
      .join('/');
    return fields.flatMap((field): Case[] => [
      {
        title: `${title}, ${field} of another bank`,
        endpoint,
        route,
        field,
        records: () => ({ ...own, [field]: elsewhere[field as keyof Records] }),
      },
      { title: `${title}, unknown ${field}`, endpoint, route, field, records: () => ({ ...own, [field]: 'unknown' }) },
      ...(field !== 'customer_id' && fields.includes('customer_id')
        ? [
            {
              title: `${title}, ${field} of another customer`,
              endpoint,
              route,
              field,
              records: () => ({ ...own, [field]: sibling[field as keyof Records] }),
            },
          ]
        : []),
    ]);
  });
}

const cases = endpoints.flatMap(casesOf).map((one): [string, string, Case] => [nameOf(one.endpoint), one.title, one]);

it('every kind of record is tried', () => {
  expect(new Set(cases.map(([, , { field }]) => field))).toEqual(new Set(Object.keys(unknown)));
});

describe('a record of another bank, or below another customer, is like an unknown one', () => {
  const snapshot = async () => {
    const reader = await people.add(
      [own.bank_id, elsewhere.bank_id].flatMap((bank) =>
        bankRoles([...new Set(endpoints.flatMap(({ roles }) => roles))], bank),
      ),
    );
    const reads = named
      .filter(
        ([
          ,
          {
            routes: [{ verb }],
          },
        ]) => verb === 'GET',
      )
      .flatMap(([, endpoint]) => [own, sibling, elsewhere].map((records) => [endpoint, records] as const));
    return Promise.all(
      reads.map(
        async ([endpoint, records]) => (await platform.call('GET', pathOf(endpoint, records), { token: reader })).text,
      ),
    );
  };
  let before: string[];
  beforeAll(async () => void (before = await snapshot()));

  it.each(cases)('%s: %s', async (name, _title, { endpoint, route, field, records }) => {
    const token = await holderOf(endpoint);
    const none = empty.get(name);
    if (none !== undefined) {
      const { status, text } = await platform.call('GET', pathOf(endpoint, records(), route), { token });
      expect([status, text]).toEqual([200, none]);
      expect(await calls.grpc(endpoint, records(), token, route)).toBe('OK');
      return;
    }
    expect([
      await calls.rest(endpoint, records(), token, route),
      await calls.grpc(endpoint, records(), token, route),
    ]).toEqual(unknown[field]);
  });

  it.each<[string, string, string, () => Records]>([
    ['createUserCustomerLinks', 'customer_id', '404 OBP-30046', () => ({ ...own, customer_id: elsewhere.customer_id })],
    ['createUserCustomerLinks', 'user_id', '404 OBP-20057', () => ({ ...own, free_user_id: 'unknown' })],
    [
      'createCustomerAccountLink',
      'customer_id',
      '404 OBP-30046',
      () => ({ ...own, customer_id: elsewhere.customer_id }),
    ],
    [
      'createCustomerAccountLink',
      'account_id',
      '404 OBP-30018',
      () => ({ ...own, free_account_id: elsewhere.account_id }),
    ],
    [
      'addSocialMediaHandle',
      'customer_number',
      '400 OBP-10001',
      () => ({ ...own, customer_number: sibling.customer_number }),
    ],
    [
      'getCustomerByCustomerNumber',
      'customer_number',
      '404 OBP-30002',
      () => ({ ...own, customer_number: elsewhere.customer_number }),
    ],
    [
      'getCustomerOverview',
      'customer_number',
      '404 OBP-30002',
      () => ({ ...own, customer_number: elsewhere.customer_number }),
    ],
    [
      'getCustomerOverviewFlat',
      'customer_number',
      '404 OBP-30002',
      () => ({ ...own, customer_number: elsewhere.customer_number }),
    ],
  ])('%s: %s in the body', async (name, _field, answer, records) => {
    const endpoint = operation(name);
    expect(await calls.rest(endpoint, records(), await holderOf(endpoint))).toBe(answer);
  });

  it('the links of a user at another bank are not listed', async () => {
    const endpoint = operation('getUserCustomerLinksByUserId');
    const { status, json } = await platform.call('GET', pathOf(endpoint, own), { token: await holderOf(endpoint) });
    const customers = (json.user_customer_links as { customer_id: string }[]).map(({ customer_id }) => customer_id);
    expect([status, customers]).toEqual([200, expect.arrayContaining([own.customer_id, sibling.customer_id])]);
    expect(customers).not.toContain(elsewhere.customer_id);
  });

  it('and none of them is changed by that', async () => {
    expect(await snapshot()).toEqual(before);
  });

  it('the status of an agent of another bank opens to the any-bank role alone', async () => {
    const endpoint = operation('updateAgentStatus');
    const foreign = { ...own, agent_id: (await createRecords(platform, keeper, elsewhere.bank_id)).agent_id };
    expect(await calls.rest(endpoint, foreign, await people.add(['CanUpdateAgentStatusAtAnyBank']))).toBe('200');
    expect(
      await calls.rest(endpoint, foreign, await people.add([`CanUpdateAgentStatusAtOneBank@${own.bank_id}`])),
    ).toBe('400 OBP-30201');
  });
});

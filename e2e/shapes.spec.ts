import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '@platform/endpoints';
import { rpc } from '@platform/grpc';
import { CrmEventServiceDefinition, roleTable } from '@platform/messages';
import { createLogger, systemClock } from '@platform/runtime';
import { createServicePeer } from '@platform/service';
import { endpoints, nameOf } from './calls.js';
import type { Answer } from './http.js';
import { expectStatus, type Person, type Platform, startOwnPlatform } from './platform.js';
import { bodies, createRecords, exampleBodies, keeperOf, type Records } from './records.js';

/**
 * A JSON response with each value replaced by its type, and each list by its first element. The order of keys counts.
 */
type Shape = string | readonly [Shape] | readonly [] | { readonly [key: string]: Shape };

const text = 'string';
const flag = 'boolean';
const count = 'number';
const iso = 'iso';
const day = 'day';
const none = 'null';

const V310 = {
  bank_id: text,
  customer_id: text,
  customer_number: text,
  legal_name: text,
  mobile_phone_number: text,
  email: text,
  face_image: { url: text, date: iso },
  date_of_birth: iso,
  relationship_status: text,
  dependants: count,
  dob_of_dependants: [iso],
  credit_rating: { rating: text, source: text },
  credit_limit: { currency: text, amount: text },
  highest_education_attained: text,
  employment_status: text,
  kyc_status: flag,
  last_ok_date: iso,
  title: text,
  branch_id: text,
  name_suffix: text,
} as const;
const V300 = { ...V310, date_of_birth: day, dob_of_dependants: [day] } as const;
const { title: _title, branch_id: _branch, name_suffix: _suffix, ...V210 } = V310;
/** The shape of a customer that was created with only a name and a phone number. */
const bare = <T extends typeof V310 | typeof V300 | typeof V210>(shape: T) =>
  ({
    ...shape,
    face_image: { url: text, date: none },
    date_of_birth: shape.date_of_birth === day ? text : none,
    dob_of_dependants: [],
    last_ok_date: none,
  }) as const;
const attribute = { customer_attribute_id: text, name: text, type: text, value: text } as const;
const account = {
  account_id: text,
  label: text,
  product_code: text,
  balance: { currency: text, amount: text },
  branch_id: text,
  contracts: [{ product_code: text, contract_code: text, interest_rate: text }],
  account_routings: [{ scheme: text, address: text }],
  account_attributes: [
    { contract_code: text, product_code: text, account_attribute_id: text, name: text, type: text, value: text },
  ],
} as const;
const address = {
  customer_address_id: text,
  customer_id: text,
  line_1: text,
  line_2: text,
  line_3: text,
  city: text,
  county: text,
  state: text,
  postcode: text,
  country_code: text,
  tags: [text],
  status: text,
  insert_date: iso,
} as const;
const residence = { domain: text, tax_number: text, tax_residence_id: text } as const;
const definition = {
  attribute_definition_id: text,
  bank_id: text,
  name: text,
  category: text,
  type: text,
  description: text,
  alias: text,
  can_be_seen_on_views: [text],
  is_active: flag,
} as const;
const userLink = {
  user_customer_link_id: text,
  customer_id: text,
  user_id: text,
  date_inserted: iso,
  is_active: flag,
} as const;
const accountLink = {
  customer_account_link_id: text,
  customer_id: text,
  bank_id: text,
  account_id: text,
  relationship_type: text,
} as const;
const agent = {
  agent_id: text,
  bank_id: text,
  legal_name: text,
  mobile_phone_number: text,
  agent_number: text,
  currency: text,
  is_confirmed_agent: flag,
  is_pending_agent: flag,
} as const;
const user = {
  user_id: text,
  email: text,
  provider_id: text,
  provider: text,
  username: text,
  user_attributes: [{ user_attribute_id: text, name: text, type: text, value: text, insert_date: iso }],
} as const;
const flat = {
  bank_id: text,
  customer_id: text,
  customer_number: text,
  legal_name: text,
  mobile_phone_number: text,
  email: text,
  date_of_birth: iso,
  title: text,
  branch_id: text,
  name_suffix: text,
  customer_attributes: [attribute],
  accounts: [account],
} as const;

/** By the operation's name; `true` and an empty body stand for themselves. */
const shapes: Readonly<Record<string, Shape>> = {
  createCustomer: bare(V310),
  getCustomerByCustomerId: { ...V310, customer_attributes: [attribute] },
  getCustomerByCustomerNumber: { ...V310, customer_attributes: [attribute] },
  getCustomersMinimalAtAnyBank: { customers: [{ bank_id: text, customer_id: text }] },
  getCustomersMinimalAtOneBank: { customers: [{ bank_id: text, customer_id: text }] },
  getCustomersAtAnyBank: { customers: [V300] },
  getCustomersAtOneBank: { customers: [V300] },
  getCustomersByLegalName: { customers: [V300] },
  getCustomersByCustomerPhoneNumber: { customers: [V300] },
  getCustomersForUser: { customers: [{ ...V300, customer_attributes: [attribute] }] },
  getCustomersForUserIdsOnly: { customers: [{ id: text }] },
  getFirehoseCustomers: { customers: [V300] },
  getMyCustomersAtAnyBank: { customers: [V210] },
  getMyCustomersAtBank: { customers: [V210] },
  updateCustomerBranch: V310,
  updateCustomerCreditLimit: V310,
  updateCustomerCreditRatingAndSource: V310,
  updateCustomerEmail: V310,
  updateCustomerIdentity: V310,
  updateCustomerMobileNumber: V310,
  updateCustomerNumber: V310,
  updateCustomerData: V310,
  getCustomerOverview: { ...V310, customer_attributes: [attribute], accounts: [account] },
  getCustomerOverviewFlat: flat,
  createCustomerAddress: address,
  getCustomerAddresses: { addresses: [address] },
  updateCustomerAddress: address,
  deleteCustomerAddress: 'true',
  createTaxResidence: residence,
  getTaxResidence: { tax_residence: [residence] },
  deleteTaxResidence: 'true',
  addSocialMediaHandle: { success: text },
  getSocialMediaHandles: {
    checks: [{ customer_number: text, type: text, handle: text, date_added: iso, date_activated: none }],
  },
  createCustomerAttribute: attribute,
  updateCustomerAttribute: attribute,
  deleteCustomerAttribute: '',
  getCustomerAttributeById: attribute,
  getCustomerAttributes: { customer_attributes: [attribute] },
  createOrUpdateCustomerAttributeAttributeDefinition: definition,
  getCustomerAttributeDefinition: { attributes: [definition] },
  deleteCustomerAttributeDefinition: 'true',
  createUserCustomerLinks: userLink,
  deleteUserCustomerLink: 'true',
  getUserCustomerLinksByCustomerId: { user_customer_links: [userLink] },
  getUserCustomerLinksByUserId: { user_customer_links: [userLink] },
  createCustomerAccountLink: accountLink,
  getCustomerAccountLinkById: accountLink,
  getCustomerAccountLinksByBankIdAccountId: { links: [accountLink] },
  getCustomerAccountLinksByCustomerId: { links: [accountLink] },
  updateCustomerAccountLinkById: accountLink,
  deleteCustomerAccountLinkById: '',
  getMyCorrelatedEntities: { correlated_entities: [{ customer: V310, users: [user] }] },
  getCorrelatedUsersInfoByCustomerId: { customer: V310, users: [user] },
  deleteCustomerCascade: 'true',
  getCrmEvents: {
    crm_events: [
      {
        id: text,
        bank_id: text,
        customer_name: text,
        customer_number: text,
        category: text,
        detail: text,
        channel: text,
        scheduled_date: none,
        actual_date: iso,
        result: text,
      },
    ],
  },
  createAgent: agent,
  updateAgentStatus: agent,
  getAgent: agent,
  getAgents: { agents: [{ agent_id: text, legal_name: text, agent_number: text }] },
};

function shapeOf(value: unknown): Shape {
  if (value === null) return none;
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
  if (typeof value !== 'string') return typeof value;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return iso;
  return /^\d{4}-\d\d-\d\d$/.test(value) ? day : text;
}

const fullCustomer = {
  legal_name: 'Eveline Tripman',
  mobile_phone_number: '+49 30 901820',
  email: 'eveline@example.com',
  face_image: { url: 'https://example.com/face.png', date: '2024-03-05T12:14:22Z' },
  date_of_birth: '1990-05-15',
  relationship_status: 'Single',
  dependants: 1,
  dob_of_dependants: ['2012-05-09'],
  credit_rating: { rating: 'AA', source: 'Experian' },
  credit_limit: { currency: 'EUR', amount: 1000 },
  highest_education_attained: 'Bachelor',
  employment_status: 'Employed',
  kyc_status: true,
  last_ok_date: '2024-06-01T12:00:00Z',
  title: 'Dr.',
  branch_id: 'branch.1',
  name_suffix: 'Sr',
};

let platform: Platform;
let keeper: Person;
let bank_id: string;
/** Records of a customer with every member, an account with a contract, and a user with an attribute. */
let full: Records;

const send = (verb: string, path: string, body?: object): Promise<Answer> =>
  platform.call(verb, path, { token: keeper.token, body });

beforeAll(async () => {
  platform = await startOwnPlatform({ ALLOW_CUSTOMER_FIREHOSE: 'true' });
  bank_id = await platform.bank();
  keeper = await keeperOf(platform, bank_id);
  const roles = new Set(
    endpoints.flatMap((endpoint) =>
      endpoint.roles.map((role) => roleTable[role] as { name: string; requires_bank_id: boolean }),
    ),
  );
  const held = new Set(
    [...roles].map(({ name, requires_bank_id }) => (requires_bank_id ? `${name}@${bank_id}` : name)),
  );
  for (const role of [...held, `CanCreateAccountAttributeAtOneBank@${bank_id}`])
    await platform.grant(keeper, role).catch(alreadyHeld);
  await createCrmEvent();
  full = await completed(await createRecords(platform, keeper, bank_id));
}, 60_000);
afterAll(() => platform.close());

/** Creates an event as an import does: there is no public operation for it. */
async function createCrmEvent(): Promise<void> {
  const peer = createServicePeer('customers', `127.0.0.1:${platform.ports?.customers ?? 0}`, {
    issuer: 'directory',
    secret: platform.caller_secret ?? '',
    clock: systemClock,
    tls: undefined,
    log: createLogger('test', 'silent'),
  });
  const event = {
    id: null,
    bank_id,
    customer_name: 'Eveline',
    customer_number: '4711',
    category: 'Call',
    detail: 'Asked',
    channel: 'Phone',
    scheduled_date: null,
    actual_date: '2024-06-01T12:00:00Z',
    result: '',
  };
  await peer.call(rpc(CrmEventServiceDefinition, 'createCrmEvent'), event, 'test');
  peer.close();
}

function alreadyHeld(error: Error): void {
  if (!error.message.includes('OBP-30216')) throw error;
}

/** Adds what the bare records lack. The customer itself is a new one, with every member. */
async function completed(records: Records): Promise<Records> {
  const at = `/banks/${bank_id}`;
  const { json } = await expectStatus(201, send('POST', `${at}/customers`, fullCustomer));
  const customer = { customer_id: String(json.customer_id), customer_number: String(json.customer_number) };
  const of = `${at}/customers/${customer.customer_id}`;
  const account_id = `acc-${customer.customer_id}`;
  const routed = {
    ...bodies.account,
    account_routings: [{ scheme: 'IBAN', address: `DE${customer.customer_number}` }],
  };
  await expectStatus(201, send('PUT', `${at}/accounts/${account_id}`, routed));
  const contract = { name: 'interest_rate', type: 'DOUBLE', value: '1.5', product_instance_code: 'contract-1' };
  await expectStatus(201, send('POST', `${at}/accounts/${account_id}/products/SAVINGS/attribute`, contract));
  await send('POST', '/my/user/attributes', bodies.attribute);
  const [customerAddress, taxResidence, customerAttribute, customerUserLink, customerAccountLink] = await Promise.all([
    expectStatus(201, send('POST', `${of}/address`, bodies.address)),
    expectStatus(201, send('POST', `${of}/tax-residence`, bodies.taxResidence())),
    expectStatus(201, send('POST', `${of}/attribute`, bodies.attribute)),
    expectStatus(
      201,
      send('POST', `${at}/user_customer_links`, { user_id: keeper.user_id, customer_id: customer.customer_id }),
    ),
    expectStatus(
      201,
      send('POST', `${at}/customer-account-links`, {
        customer_id: customer.customer_id,
        bank_id,
        account_id,
        relationship_type: 'Owner',
      }),
    ),
  ]);
  await expectStatus(201, send('POST', `${of}/social_media_handles`, bodies.handle(customer.customer_number)));
  await expectStatus(
    200,
    send('PUT', `${at}/agents/${records.agent_id}`, { is_pending_agent: false, is_confirmed_agent: true }),
  );
  // Older links of the same user would come first in the user's lists.
  await expectStatus(200, send('DELETE', `/management/cascading/banks/${bank_id}/customers/${records.customer_id}`));
  return {
    ...records,
    ...customer,
    account_id,
    customer_address_id: String(customerAddress.json.customer_address_id),
    tax_residence_id: String(taxResidence.json.tax_residence_id),
    customer_attribute_id: String(customerAttribute.json.customer_attribute_id),
    user_customer_link_id: String(customerUserLink.json.user_customer_link_id),
    customer_account_link_id: String(customerAccountLink.json.customer_account_link_id),
  };
}

function run(endpoint: Endpoint, records: Records): Promise<Answer> {
  const [{ verb, segments }] = endpoint.routes;
  const path = segments
    .map((segment) => `/${'field' in segment ? String(records[segment.field as keyof Records]) : segment.literal}`)
    .join('');
  const named =
    nameOf(endpoint) === 'getCustomersByLegalName'
      ? { legal_name: fullCustomer.legal_name }
      : exampleBodies[nameOf(endpoint)]?.(records);
  const phone =
    nameOf(endpoint) === 'getCustomersByCustomerPhoneNumber'
      ? { mobile_phone_number: fullCustomer.mobile_phone_number }
      : named;
  // Ascending, so that the list over all banks begins with a complete customer: those without a last_ok_date come last.
  return send(
    verb,
    `${path}${nameOf(endpoint) === 'getCustomersAtAnyBank' ? '?sort_direction=asc' : ''}`,
    endpoint.body === undefined ? undefined : phone,
  );
}

/** Reads come first, then changes, then deletions, the customer's own last. */
const rank = (endpoint: Endpoint) => {
  const verb = endpoint.routes[0].verb;
  if (nameOf(endpoint) === 'deleteCustomerCascade') return 4;
  if (verb === 'DELETE') return 3;
  if (nameOf(endpoint) === 'updateCustomerNumber') return 2;
  return nameOf(endpoint).startsWith('get') ? 0 : 1;
};
const ordered = [...endpoints]
  .sort((a, b) => rank(a) - rank(b))
  .map((endpoint): [string, Endpoint] => [nameOf(endpoint), endpoint]);

describe('every operation answers with its published shape, its keys in order', () => {
  it('and the table has all of them', () => {
    expect(Object.keys(shapes).sort()).toEqual(endpoints.map(nameOf).sort());
  });

  it.each(ordered)('%s', async (name, endpoint) => {
    const { status, text: answered } = await run(endpoint, full);
    expect([status, answered.slice(0, 200)]).toEqual([endpoint.success_status, expect.anything()]);
    const wanted = shapes[name] as Shape;
    if (typeof wanted === 'string') expect(answered).toBe(wanted);
    else expect(JSON.stringify(shapeOf(JSON.parse(answered)), null, 1)).toBe(JSON.stringify(wanted, null, 1));
  });
});

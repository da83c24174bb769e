import type { Answer } from './http.js';
import { newCustomer, operations } from './operations.js';
import { expectStatus, type Person, type Platform, unique } from './platform.js';

/** A customer with one of each kind of record; the members have the names that paths use for the ids. */
export interface Records {
  readonly bank_id: string;
  readonly customer_id: string;
  readonly customer_number: string;
  readonly customer_address_id: string;
  readonly tax_residence_id: string;
  readonly customer_attribute_id: string;
  readonly attribute_definition_id: string;
  readonly account_id: string;
  readonly user_customer_link_id: string;
  readonly customer_account_link_id: string;
  readonly agent_id: string;
  /** The user linked to the customer. */
  readonly user_id: string;
  /** An account and a user that are not linked to the customer. */
  readonly free_account_id: string;
  readonly free_user_id: string;
}

export const keeperRoles = [
  'CanCreateCustomer',
  'CanCreateCustomerAddress',
  'CanCreateTaxResidence',
  'CanAddSocialMediaHandle',
  'CanCreateCustomerAttributeAtOneBank',
  'CanCreateCustomerAttributeDefinitionAtOneBank',
  'CanCreateAccount',
  'CanCreateUserCustomerLink',
  'CanCreateCustomerAccountLink',
];

/** Creates a user who may create records at the banks. */
export function keeperOf(platform: Platform, ...banks: string[]): Promise<Person> {
  return platform.person(...banks.flatMap((bank) => keeperRoles.map((role) => `${role}@${bank}`)));
}

export const bodies = {
  customer: () => ({ ...newCustomer, customer_number: `N${unique()}` }),
  address: {
    line_1: 'No 1 the Road',
    line_2: 'The Place',
    line_3: 'The Hill',
    city: 'Berlin',
    county: '',
    state: 'Brandenburg',
    postcode: '13359',
    country_code: 'DE',
    tags: ['mailing', 'home'],
    status: 'OK',
  },
  taxResidence: () => ({ domain: 'Enter some domain', tax_number: unique() }),
  handle: (customer_number: string) => ({
    customer_number,
    type: 'PlaceholderString',
    handle: '@eveline',
    date_added: '2024-03-05T12:14:22Z',
    date_activated: null,
  }),
  attribute: { name: 'SPECIAL_TAX_NUMBER', type: 'STRING', value: '123456789' },
  definition: {
    name: 'SPECIAL_TAX_NUMBER',
    category: 'Customer',
    type: 'STRING',
    description: 'description',
    alias: 'STRING',
    can_be_seen_on_views: ['bank'],
    is_active: true,
  },
  account: { label: 'Savings', product_code: 'SAVINGS', balance: { currency: 'EUR', amount: '0' } },
  agent: () => ({
    legal_name: 'Agent Name',
    mobile_phone_number: '+44 07972 444 876',
    agent_number: `A${unique()}`,
    currency: 'EUR',
  }),
};

/** Creates a customer with one of each kind of record, by the API. */
export async function createRecords(platform: Platform, keeper: Person, bank_id: string): Promise<Records> {
  const post = async (path: string, body: object, verb = 'POST'): Promise<Record<string, unknown>> =>
    (await expectStatus(201, send(verb, path, body))).json;
  const send = (verb: string, path: string, body: object): Promise<Answer> =>
    platform.call(verb, `/banks/${bank_id}${path}`, { token: keeper.token, body });
  const account = async () => {
    const account_id = `acc-${unique()}`;
    await post(`/accounts/${account_id}`, bodies.account, 'PUT');
    return account_id;
  };
  const { customer_id, customer_number } = (await post('/customers', bodies.customer())) as {
    customer_id: string;
    customer_number: string;
  };
  const of = `/customers/${customer_id}`;
  const [account_id, free_account_id, address, residence, attribute, definition, agent] = await Promise.all([
    account(),
    account(),
    post(`${of}/address`, bodies.address),
    post(`${of}/tax-residence`, bodies.taxResidence()),
    post(`${of}/attribute`, bodies.attribute),
    post('/attribute-definitions/customer', bodies.definition, 'PUT'),
    post('/agents', bodies.agent()),
    post(`${of}/social_media_handles`, bodies.handle(customer_number)),
  ]);
  const [userLink, accountLink] = await Promise.all([
    post('/user_customer_links', { user_id: keeper.user_id, customer_id }),
    post('/customer-account-links', { customer_id, bank_id, account_id, relationship_type: 'Owner' }),
  ]);
  return {
    bank_id,
    customer_id,
    customer_number,
    customer_address_id: String(address.customer_address_id),
    tax_residence_id: String(residence.tax_residence_id),
    customer_attribute_id: String(attribute.customer_attribute_id),
    attribute_definition_id: String(definition.attribute_definition_id),
    account_id,
    user_customer_link_id: String(userLink.user_customer_link_id),
    customer_account_link_id: String(accountLink.customer_account_link_id),
    agent_id: String(agent.agent_id),
    user_id: keeper.user_id,
    free_account_id,
    free_user_id: platform.admin.user_id,
  };
}

/** Examples of the bodies of the operations, by the operation's name. */
export const exampleBodies: Readonly<Record<string, (at: Records) => object>> = {
  ...Object.fromEntries(operations.flatMap(({ name, body }) => (body === undefined ? [] : [[name, body]]))),
  getCustomerOverview: ({ customer_number }) => ({ customer_number }),
  getCustomerOverviewFlat: ({ customer_number }) => ({ customer_number }),
  createCustomerAddress: () => bodies.address,
  updateCustomerAddress: () => ({ ...bodies.address, city: 'Potsdam' }),
  createTaxResidence: () => bodies.taxResidence(),
  addSocialMediaHandle: ({ customer_number }) => bodies.handle(customer_number),
  createCustomerAttribute: () => bodies.attribute,
  updateCustomerAttribute: () => ({ ...bodies.attribute, value: '987654321' }),
  createOrUpdateCustomerAttributeAttributeDefinition: () => bodies.definition,
  createUserCustomerLinks: ({ free_user_id, customer_id }) => ({ user_id: free_user_id, customer_id }),
  createCustomerAccountLink: ({ bank_id, customer_id, free_account_id }) => ({
    customer_id,
    bank_id,
    account_id: free_account_id,
    relationship_type: 'Owner',
  }),
  updateCustomerAccountLinkById: () => ({ relationship_type: 'Holder' }),
  createAgent: () => bodies.agent(),
  updateAgentStatus: () => ({ is_pending_agent: false, is_confirmed_agent: true }),
};

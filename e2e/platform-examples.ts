import type { Someone } from './people.js';
import { expectStatus, type Platform, unique } from './platform.js';

/** The ids of the path, the query and the body with which a call of a platform operation succeeds. */
export interface Example {
  readonly fields?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What examples are created with. */
export interface World {
  readonly platform: Platform;
  /** Holds every role, at no bank and at `bank_id`. */
  readonly keeper: Someone;
  readonly bank_id: string;
}

/** @param caller the user who will make the call: some operations concern the caller's own records */
type Make = (world: World, caller: Someone) => Promise<Example>;

const attribute = { name: 'ROLE', type: 'STRING', value: 'developer' };
const account = {
  user_id: '',
  label: 'Savings',
  product_code: 'SAVINGS',
  balance: { currency: 'EUR', amount: '0' },
  branch_id: '',
  account_routings: [],
};
const consumer = {
  app_name: 'Some app',
  app_type: 'Confidential',
  description: 'An app',
  developer_email: 'dev@example.com',
  company: 'Example',
  redirect_url: 'https://example.com/back',
  enabled: true,
};
export const schema = {
  $schema: 'http://json-schema.org/draft-07/schema',
  title: 'T',
  description: 'D',
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' } },
};
export const emptyImport = {
  banks: [],
  users: [],
  accounts: [],
  transactions: [],
  branches: [],
  atms: [],
  products: [],
  crm_events: [],
};
const password = 'A-password-1234';

async function post(
  { platform }: World,
  who: Someone,
  path: string,
  body: object,
  verb = 'POST',
): Promise<Record<string, string>> {
  const answer = await platform.call(verb, path, { token: who.token, body });
  if (answer.status >= 300) throw new Error(`${verb} ${path}: ${answer.status} ${answer.text}`);
  return answer.json as Record<string, string>;
}

async function newUser({ platform }: World) {
  const username = `user.${unique()}`;
  const { json } = await expectStatus(
    201,
    platform.call('POST', '/users', {
      body: { username, password, email: `${username}@example.com`, first_name: 'Some', last_name: 'One' },
    }),
  );
  return { user_id: String(json.user_id), provider: String(json.provider), username, email: `${username}@example.com` };
}

const nothing: Make = async () => ({});
const ofUser =
  (body?: unknown): Make =>
  async (world) => ({ fields: await newUser(world), body });
const encoded =
  (body?: unknown): Make =>
  async (world) => {
    const user = await newUser(world);
    return { fields: { ...user, provider: encodeURIComponent(user.provider) }, body };
  };
const ownAccount: Make = async (world, caller) => {
  const { account_id = '' } = await post(world, world.keeper, `/banks/${world.bank_id}/accounts`, {
    ...account,
    user_id: caller.user_id,
  });
  return { fields: { bank_id: world.bank_id, account_id, view_id: 'owner' } };
};
const atBank: Make = async ({ bank_id }) => ({ fields: { bank_id } });
/** A new customer. */
const customer: Make = async (world) => {
  const { bank_id, platform } = world;
  const clerk = await platform.person(`CanCreateCustomer@${bank_id}`);
  const body = { legal_name: 'Legal Name', mobile_phone_number: '1' };
  const { customer_id = '' } = await post(world, clerk, `/banks/${bank_id}/customers`, body);
  return { fields: { bank_id, customer_id, time: new Date(Date.now() + 60_000).toISOString() } };
};
const newConsumer: Make = async (world) => {
  const { consumer_id = '' } = await post(world, world.keeper, '/management/consumers', consumer);
  return { fields: { consumer_id } };
};
const webhook = { url: 'https://receiver.example/events', kinds: [] };
const newWebhook: Make = async (world) => {
  const path = `/banks/${world.bank_id}/event-webhooks`;
  const { webhook_id = '' } = await post(world, world.keeper, path, webhook);
  return { fields: { bank_id: world.bank_id, webhook_id } };
};
const with_ =
  (make: Make, body: unknown): Make =>
  async (world, caller) => ({ ...(await make(world, caller)), body });
const validated =
  (kind: 'json-schema' | 'authentication-type', body?: unknown): Make =>
  async (world) => {
    const operation_id = `OBPv1.0.0-${unique()}`;
    await post(
      world,
      world.keeper,
      `/management/${kind}-validations/${operation_id}`,
      kind === 'json-schema' ? schema : ['DirectLogin'],
    );
    return { fields: { operation_id }, body };
  };
const unvalidated =
  (body: unknown): Make =>
  async () => ({ fields: { operation_id: `OBPv1.0.0-${unique()}` }, body });
const collection =
  (owner: 'keeper' | 'caller', withEndpoint = false): Make =>
  async (world, caller) => {
    const who = owner === 'keeper' ? world.keeper : caller;
    const api_collection_name = `My ${unique()}`;
    const { api_collection_id = '' } = await post(world, who, '/my/api-collections', {
      api_collection_name,
      is_sharable: true,
    });
    const operation_id = 'OBPv5.0.0-createCustomer';
    const name = encodeURIComponent(api_collection_name);
    if (withEndpoint) await post(world, who, `/my/api-collections/${name}/api-collection-endpoints`, { operation_id });
    return { fields: { api_collection_id, api_collection_name: name, operation_id }, body: { operation_id } };
  };
const entitlement: Make = async (world) => {
  const user = await newUser(world);
  const { entitlement_id = '' } = await post(world, world.keeper, `/users/${user.user_id}/entitlements`, {
    bank_id: '',
    role_name: 'CanGetAnyUser',
  });
  return { fields: { ...user, bank_id: world.bank_id, entitlement_id } };
};
const docs: Make = async ({ bank_id }) => ({ fields: { bank_id, api_version: 'v5.1.0', connector: 'rest_vMar2019' } });

/** By the operation's id, without its version if it is unique without it. */
export const platformExamples: Readonly<Record<string, Make>> = {
  createAccount: async ({ bank_id }) => ({ fields: { bank_id, account_id: `acc-${unique()}` }, body: account }),
  addAccount: with_(atBank, account),
  createAccountAttribute: async (world) => ({
    fields: { ...(await ownAccount(world, world.keeper)).fields, product_code: 'SAVINGS' },
    body: attribute,
  }),
  updateAccountAttribute: async (world) => {
    const { fields } = await ownAccount(world, world.keeper);
    const { account_attribute_id = '' } = await post(
      world,
      world.keeper,
      `/banks/${world.bank_id}/accounts/${fields?.account_id ?? ''}/products/SAVINGS/attribute`,
      attribute,
    );
    return { fields: { ...fields, product_code: 'SAVINGS', account_attribute_id }, body: attribute };
  },
  updateAccount: async (world) => ({
    ...(await ownAccount(world, world.keeper)),
    body: { label: 'Other', type: 'CURRENT', branch_id: 'b1', account_routings: [] },
  }),
  getCoreAccountById: ownAccount,
  getCoreAccountByIdThroughView: ownAccount,
  getPrivateAccountByIdFull: ownAccount,
  corePrivateAccountsAllBanks: nothing,
  getPrivateAccountsAtOneBank: atBank,
  createMyApiCollection: async () => ({ body: { api_collection_name: `My ${unique()}`, is_sharable: false } }),
  getMySpaces: nothing,
  getMyApiCollections: nothing,
  getMyApiCollectionByName: collection('caller'),
  deleteMyApiCollection: collection('caller'),
  createMyApiCollectionEndpoint: collection('caller'),
  getMyApiCollectionEndpoints: collection('caller'),
  deleteMyApiCollectionEndpoint: collection('caller', true),
  getFeaturedApiCollections: nothing,
  getSharableApiCollectionById: collection('keeper'),
  getApiCollectionEndpoints: collection('keeper'),
  createAuthenticationTypeValidation: unvalidated(['DirectLogin']),
  updateAuthenticationTypeValidation: validated('authentication-type', ['OAuth1.0a']),
  deleteAuthenticationTypeValidation: validated('authentication-type'),
  getAuthenticationTypeValidation: validated('authentication-type'),
  getAllAuthenticationTypeValidations: nothing,
  getAllAuthenticationTypeValidationsPublic: nothing,
  createJsonSchemaValidation: unvalidated(schema),
  updateJsonSchemaValidation: validated('json-schema', { ...schema, title: 'U' }),
  deleteJsonSchemaValidation: validated('json-schema'),
  getJsonSchemaValidation: validated('json-schema'),
  getAllJsonSchemaValidations: nothing,
  getAllJsonSchemaValidationsPublic: nothing,
  getBanks: nothing,
  getBank: atBank,
  createBank: async () => ({ body: { id: `bank.${unique()}`, bank_code: 'CODE' } }),
  updateBank: async ({ bank_id }) => ({ body: { id: bank_id, bank_code: 'OTHER' } }),
  createConsumer: async () => ({ body: consumer }),
  createMyConsumer: async () => ({ body: consumer }),
  getConsumers: nothing,
  getConsumer: newConsumer,
  getConsumersForCurrentUser: nothing,
  enableDisableConsumers: with_(newConsumer, { enabled: true }),
  updateConsumerRedirectURL: async (world, caller) => {
    const { consumer_id = '' } = await post(world, caller, '/my/consumers', consumer);
    return { fields: { consumer_id }, body: { redirect_url: 'https://example.com/other' } };
  },
  updateConsumerLogoURL: with_(newConsumer, { logo_url: 'https://example.com/logo.png' }),
  updateConsumerName: with_(newConsumer, { app_name: 'Other name' }),
  getCallsLimit: newConsumer,
  callsLimit: with_(newConsumer, {
    per_second_call_limit: '-1',
    per_minute_call_limit: '100',
    per_hour_call_limit: '-1',
    per_day_call_limit: '-1',
    per_week_call_limit: '-1',
    per_month_call_limit: '-1',
  }),
  addEntitlement: ofUser({ bank_id: '', role_name: 'CanGetAnyUser' }),
  getEntitlementsForCurrentUser: nothing,
  deleteEntitlement: entitlement,
  getEntitlements: entitlement,
  getEntitlementsByBankAndUser: entitlement,
  getEntitlementsForBank: atBank,
  getAllEntitlements: nothing,
  getRoles: nothing,
  getEntitlementsAndPermissions: ofUser(),
  createUserWithRoles: async () => ({ body: { username: `dauth.${unique()}`, provider: 'dauth.example', roles: [] } }),
  addEntitlementRequest: async () => ({ body: { bank_id: '', role_name: 'CanGetAnyUser' } }),
  getAllEntitlementRequests: nothing,
  getEntitlementRequests: ofUser(),
  getEntitlementRequestsForCurrentUser: nothing,
  deleteEntitlementRequest: async (world) => {
    const { entitlement_request_id = '' } = await post(world, await world.platform.person(), '/entitlement-requests', {
      bank_id: '',
      role_name: 'CanGetAnyUser',
    });
    return { fields: { entitlement_request_id } };
  },
  sandboxDataImport: async () => ({ body: emptyImport }),
  addScope: with_(newConsumer, { bank_id: '', role_name: 'CanGetAnyUser' }),
  getScopes: newConsumer,
  deleteScope: async (world) => {
    const consumer_id = (await newConsumer(world, world.keeper)).fields?.['consumer_id'] ?? '';
    const { scope_id = '' } = await post(world, world.keeper, `/consumers/${consumer_id}/scopes`, {
      bank_id: '',
      role_name: 'CanGetAnyUser',
    });
    return { fields: { consumer_id, scope_id } };
  },
  createUser: async () => ({
    body: {
      username: `user.${unique()}`,
      password,
      email: 'someone@example.com',
      first_name: 'Some',
      last_name: 'One',
    },
  }),
  getCurrentUser: nothing,
  getCurrentUserId: nothing,
  getUserByUserId: ofUser(),
  getUserByProviderAndUsername: encoded(),
  getUserByUsername: ofUser(),
  getUser: ofUser(),
  getUsersByEmail: ofUser(),
  getUsers: nothing,
  deleteUser: ofUser(),
  getUserLockStatus: encoded(),
  unlockUserByProviderAndUsername: encoded(),
  lockUserByProviderAndUsername: encoded(),
  getMyTokens: nothing,
  deleteMyToken: async (world) => ({ fields: { token_id: `unknown-${unique()}`, bank_id: world.bank_id } }),
  getAuditEvents: nothing,
  createMyPersonalUserAttribute: async () => ({ body: attribute }),
  getMyPersonalUserAttributes: nothing,
  updateMyPersonalUserAttribute: async (world, caller) => {
    const { user_attribute_id = '' } = await post(world, caller, '/my/user/attributes', attribute);
    return { fields: { user_attribute_id }, body: { ...attribute, value: 'tester' } };
  },
  getUserWithAttributes: ofUser(),
  createNonPersonalUserAttribute: ofUser(attribute),
  getNonPersonalUserAttributes: ofUser(),
  deleteNonPersonalUserAttribute: async (world) => {
    const user = await newUser(world);
    const { user_attribute_id = '' } = await post(
      world,
      world.keeper,
      `/users/${user.user_id}/non-personal/attributes`,
      attribute,
    );
    return { fields: { ...user, user_attribute_id } };
  },
  createEventWebhook: with_(atBank, webhook),
  getEventWebhooks: atBank,
  updateEventWebhook: with_(newWebhook, { ...webhook, is_enabled: false }),
  rotateEventWebhookSecret: newWebhook,
  deleteEventWebhook: newWebhook,
  getEventWebhookDeadLetters: newWebhook,
  resendEventWebhookDeadLetters: newWebhook,
  watchCustomers: atBank,
  explainAccess: async () => ({ query: { operation_id: 'OBPv5.0.0-createCustomer' } }),
  previewCustomerDeletion: customer,
  getCustomerHistory: customer,
  getCustomerAsOf: customer,
  getResourceDocsObp: docs,
  getBankLevelDynamicResourceDocsObp: docs,
  getResourceDocsSwagger: docs,
  getResourceDocsOpenAPI31: docs,
  getMessageDocs: docs,
  getApiGlossary: nothing,
  getScannedApiVersions: nothing,
  config: nothing,
  getAdapterInfo: nothing,
  rateLimitingInfo: nothing,
  suggestedSessionTimeout: nothing,
  getObpConnectorLoopback: nothing,
  getWellKnownUris: nothing,
  getOAuth2ServerJWKsURIs: nothing,
  root: nothing,
};

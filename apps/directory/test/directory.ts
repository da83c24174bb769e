import { createHash, randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { callerKey, type Claims, serviceClaims, signAssertion } from '@platform/entitlements';
import { createPeer, type Peer, rpc } from '@platform/grpc';
import {
  type Account,
  type AccountAttributeJson,
  AccountServiceDefinition,
  BankLookupServiceDefinition,
  BankServiceDefinition,
  type CreateAccountRequestJsonV310,
  EntitlementRequestServiceDefinition,
  EntitlementServiceDefinition,
  type Identity,
  IdentityServiceDefinition,
  JustInTimeEntitlementServiceDefinition,
  type PostBankJson500,
  Role,
  rpcTable,
  ScopeServiceDefinition,
  UserAttributeServiceDefinition,
  type UserV200,
  UserServiceDefinition,
} from '@platform/messages';
import { prepareDatabase } from '@platform/service';
import { createTestDatabase, isOnCitus } from '@platform/testing';
import { Client } from 'pg';
import { database as definition } from '../src/gen/database.js';
import { createDirectoryService, type DirectoryConfig } from '../src/index.js';

export const methods = {
  logIn: rpc(IdentityServiceDefinition, 'logIn'),
  resolveToken: rpc(IdentityServiceDefinition, 'resolveToken'),
  findBank: rpc(BankLookupServiceDefinition, 'findBank'),
  grantJustInTime: rpc(JustInTimeEntitlementServiceDefinition, 'grantJustInTime'),
  createUser: rpc(UserServiceDefinition, 'createUser'),
  getCurrentUser: rpc(UserServiceDefinition, 'getCurrentUser'),
  getCurrentUserId: rpc(UserServiceDefinition, 'getCurrentUserId'),
  getUserByUserId: rpc(UserServiceDefinition, 'getUserByUserId'),
  getUserByProviderAndUsername: rpc(UserServiceDefinition, 'getUserByProviderAndUsername'),
  getUserByUsername: rpc(UserServiceDefinition, 'getUserByUsername'),
  getUsersByEmail: rpc(UserServiceDefinition, 'getUsersByEmail'),
  getUsers: rpc(UserServiceDefinition, 'getUsers'),
  deleteUser: rpc(UserServiceDefinition, 'deleteUser'),
  getUserLockStatus: rpc(UserServiceDefinition, 'getUserLockStatus'),
  unlockUser: rpc(UserServiceDefinition, 'unlockUserByProviderAndUsername'),
  lockUser: rpc(UserServiceDefinition, 'lockUserByProviderAndUsername'),
  addEntitlement: rpc(EntitlementServiceDefinition, 'addEntitlement'),
  getEntitlements: rpc(EntitlementServiceDefinition, 'getEntitlementsForCurrentUser'),
  getEntitlementsOfUser: rpc(EntitlementServiceDefinition, 'getEntitlements'),
  getEntitlementsByBankAndUser: rpc(EntitlementServiceDefinition, 'getEntitlementsByBankAndUser'),
  getEntitlementsForBank: rpc(EntitlementServiceDefinition, 'getEntitlementsForBank'),
  getAllEntitlements: rpc(EntitlementServiceDefinition, 'getAllEntitlements'),
  getRoles: rpc(EntitlementServiceDefinition, 'getRoles'),
  getEntitlementsAndPermissions: rpc(EntitlementServiceDefinition, 'getEntitlementsAndPermissions'),
  createUserWithRoles: rpc(EntitlementServiceDefinition, 'createUserWithRoles'),
  addEntitlementRequest: rpc(EntitlementRequestServiceDefinition, 'addEntitlementRequest'),
  getAllEntitlementRequests: rpc(EntitlementRequestServiceDefinition, 'getAllEntitlementRequests'),
  getEntitlementRequests: rpc(EntitlementRequestServiceDefinition, 'getEntitlementRequests'),
  getMyEntitlementRequests: rpc(EntitlementRequestServiceDefinition, 'getEntitlementRequestsForCurrentUser'),
  deleteEntitlementRequest: rpc(EntitlementRequestServiceDefinition, 'deleteEntitlementRequest'),
  addScope: rpc(ScopeServiceDefinition, 'addScope'),
  getScopes: rpc(ScopeServiceDefinition, 'getScopes'),
  deleteScope: rpc(ScopeServiceDefinition, 'deleteScope'),
  deleteEntitlement: rpc(EntitlementServiceDefinition, 'deleteEntitlement'),
  getBanks: rpc(BankServiceDefinition, 'getBanks'),
  getBank: rpc(BankServiceDefinition, 'getBank'),
  createBank: rpc(BankServiceDefinition, 'createBank'),
  createAccount: rpc(AccountServiceDefinition, 'createAccount'),
  addAccount: rpc(AccountServiceDefinition, 'addAccount'),
  createAccountAttribute: rpc(AccountServiceDefinition, 'createAccountAttribute'),
  updateAccountAttribute: rpc(AccountServiceDefinition, 'updateAccountAttribute'),
  openAccount: rpc(AccountServiceDefinition, 'openAccount'),
  batchGetAccounts: rpc(AccountServiceDefinition, 'batchGetAccounts'),
  findAccounts: rpc(AccountServiceDefinition, 'findAccounts'),
  findAccountsByAttribute: rpc(AccountServiceDefinition, 'findAccountsByAttribute'),
  createPersonalAttribute: rpc(UserAttributeServiceDefinition, 'createMyPersonalUserAttribute'),
  getPersonalAttributes: rpc(UserAttributeServiceDefinition, 'getMyPersonalUserAttributes'),
  updatePersonalAttribute: rpc(UserAttributeServiceDefinition, 'updateMyPersonalUserAttribute'),
  getUserWithAttributes: rpc(UserAttributeServiceDefinition, 'getUserWithAttributes'),
  createNonPersonalAttribute: rpc(UserAttributeServiceDefinition, 'createNonPersonalUserAttribute'),
  getNonPersonalAttributes: rpc(UserAttributeServiceDefinition, 'getNonPersonalUserAttributes'),
  deleteNonPersonalAttribute: rpc(UserAttributeServiceDefinition, 'deleteNonPersonalUserAttribute'),
  findUsers: rpc(UserAttributeServiceDefinition, 'findUsers'),
  batchGetUsers: rpc(UserAttributeServiceDefinition, 'batchGetUsers'),
};

export const adminPassword = 'first-admin-password';
export const consumerKey = 'first-consumer-key-of-tests';
export const consumerSecret = 'first-consumer-secret-of-tests';
export const userPassword = 'a-password-of-a-user';
export const secret = 'a-caller-secret-for-tests-of-the-directory';

export function testConfig(database_url: string, change: Partial<DirectoryConfig> = {}): DirectoryConfig {
  return {
    host: '127.0.0.1',
    port: 0,
    database_url,
    database_pool: 2,
    log_level: 'silent',
    caller_secret: secret,
    provider: 'http://127.0.0.1:8080',
    customers_address: '127.0.0.1:1',
    admin_username: 'admin.user',
    admin_password: adminPassword,
    consumer_key: consumerKey,
    consumer_secret: consumerSecret,
    super_admin_user_ids: [],
    max_bad_login_attempts: 5,
    bad_login_lock_s: 60,
    token_expiration_weeks: 4,
    token_idle_minutes: 0,
    audit_log: 'off',
    scope_policy: { needsScope: () => false, entitlementOrScope: false },
    user_account_validated: true,
    consumers_enabled_by_default: true,
    featured_api_collection_ids: [],
    new_user_roles: [],
    ...change,
  };
}

export type Directory = Awaited<ReturnType<typeof connect>>;

/** Starts a directory on a new database, with the calls that tests use. */
export async function startDirectory(
  change: Partial<DirectoryConfig> = {},
  injected: Parameters<typeof createDirectoryService>[1] = {},
) {
  const database = await createTestDatabase('directory', (url) => prepareDatabase(definition, url, isOnCitus()));
  const service = await createDirectoryService(testConfig(database.url, change), injected);
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  const directory = connect(service.port, injected.clock);
  return {
    ...directory,
    database_url: database.url,
    /** Rows directly from the database. */
    rows: async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
      (await sql.query<Record<string, unknown>>(text, values)).rows,
    async close() {
      directory.peer.close();
      await service.close();
      await sql.end();
      await database.close();
    },
  };
}

/** A call's context with a signed assertion of these claims. */
export const context = (claims: Partial<Claims> = {}, now = Date.now()) => ({
  assertion: (path: string) =>
    signAssertion(
      secret,
      rpcTable[path]?.callers[0] ?? 'gateway',
      { ...serviceClaims, service: claims.user_id === undefined, ...claims },
      path,
      now,
    ),
  correlation_id: 'test',
});

/** The context of a logged-in user. */
export const asUser = (user_id: string, roles: Role[] = [], bank_id = '', now = Date.now()) =>
  context({ user_id, roles, bank_id }, now);

/** Calls to a directory on this port, with this clock. */
export function connect(port: number, clock: () => number = Date.now) {
  const peer: Peer = createPeer(`127.0.0.1:${port}`, callerKey);
  const logIn = async (username: string, password: string, consumer_key = consumerKey): Promise<string> =>
    (await peer.call(methods.logIn, { username, password, consumer_key }, context({}, clock()))).token;
  const resolve = (token: string): Promise<Identity> =>
    peer.call(methods.resolveToken, { token_hash: sha256(token) }, context({}, clock()));
  const admin = async (): Promise<Identity> => resolve(await logIn('admin.user', adminPassword));
  const createUser = (username = newName('user')): Promise<UserV200> =>
    peer.call(methods.createUser, { body: userBody({ username }) }, context({}, clock()));
  const createBank = (user_id: string, bank: Partial<PostBankJson500> = {}) =>
    peer.call(methods.createBank, { body: bankBody(bank) }, asUser(user_id, [Role.ROLE_CAN_CREATE_BANK], '', clock()));
  const addEntitlement = (caller_id: string, user_id: string, role_name: string, bank_id = '') =>
    peer.call(methods.addEntitlement, { user_id, body: { role_name, bank_id } }, asUser(caller_id, [], '', clock()));
  const entitlements = async (user_id: string) =>
    (await peer.call(methods.getEntitlements, {}, asUser(user_id, [], '', clock()))).list;
  const addAccount = (user_id: string, bank_id: string, change: Partial<CreateAccountRequestJsonV310> = {}) =>
    peer.call(
      methods.addAccount,
      { bank_id, body: accountBody(change) },
      asUser(user_id, [Role.ROLE_CAN_CREATE_ACCOUNT], bank_id, clock()),
    );
  const addAccountAttribute = (
    bank_id: string,
    account_id: string,
    change: Partial<AccountAttributeJson> = {},
    product_code = 'CURRENT',
  ) =>
    peer.call(
      methods.createAccountAttribute,
      { bank_id, account_id, product_code, body: accountAttributeBody(change) },
      asUser('someone', [Role.ROLE_CAN_CREATE_ACCOUNT_ATTRIBUTE_AT_ONE_BANK], bank_id, clock()),
    );
  const getAccounts = async (bank_id: string, account_ids: string[]): Promise<Account[]> =>
    (await all(peer.stream(methods.batchGetAccounts, { bank_id, account_ids }, context({}, clock())))).flatMap(
      ({ accounts }) => accounts,
    );
  return {
    peer,
    logIn,
    resolve,
    admin,
    createUser,
    createBank,
    addEntitlement,
    entitlements,
    addAccount,
    addAccountAttribute,
    getAccounts,
  };
}

export const newName = (kind: string): string => `${kind}.${randomUUID().slice(0, 13).replace('-', '.')}`;

export const userBody = (change: object = {}) => ({
  email: 'robert@example.com',
  username: newName('user'),
  password: userPassword,
  first_name: 'Robert',
  last_name: 'Xuvius',
  ...change,
});

export const bankBody = (change: Partial<PostBankJson500> = {}): PostBankJson500 => ({
  id: newName('bank'),
  bank_code: 'GH',
  full_name: 'Gringotts',
  logo: 'https://example.com/logo.png',
  website: 'https://example.com',
  bank_routings: [],
  ...change,
});

export const accountBody = (change: Partial<CreateAccountRequestJsonV310> = {}): CreateAccountRequestJsonV310 => ({
  user_id: '',
  label: 'My account',
  product_code: 'CURRENT',
  balance: { currency: 'EUR', amount: '0' },
  branch_id: 'DERBY6',
  account_routings: [],
  ...change,
});

export const accountAttributeBody = (change: Partial<AccountAttributeJson> = {}): AccountAttributeJson => ({
  name: 'OVERDRAFT_START_DATE',
  type: 'DATE_WITH_DAY',
  value: '2012-04-23',
  ...change,
});

/** The messages of a stream. */
export async function all<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const message of messages) list.push(message);
  return list;
}

/** The number of calls that succeeded, and the failures of the others. */
export function outcomes(results: PromiseSettledResult<unknown>[]): { fulfilled: number; failures: unknown[] } {
  const rejected = results.flatMap((result) =>
    result.status === 'rejected' ? [(result.reason as { failure?: unknown }).failure] : [],
  );
  return { fulfilled: results.length - rejected.length, failures: [...new Set(rejected)] };
}

/** Expects each of the concurrent calls to be refused. */
export async function refused(calls: Promise<unknown>[], failure: object): Promise<void> {
  await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject(failure)));
}

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

import { describe, expect, it } from '@jest/globals';
import { failureText, ObpFailure } from '@platform/failure';
import { Failure, Role, rpcTable } from '@platform/messages';
import { type Claims, serviceClaims, signAssertion } from './assertion.js';
import { createAuthorizer } from './authorizer.js';

const secret = 'a secret of the tests';
const now = 1_700_000_000_000;
const warnings: unknown[] = [];
const authorize = createAuthorizer({ secret, clock: () => now, log: { warn: (said: unknown) => void warnings.push(said) } });
const create = '/obp.customers.v1.CustomerService/CreateCustomer';
const listAll = '/obp.customers.v1.CustomerService/GetCustomersAtAnyBank';
const batchGet = '/obp.customers.v1.CustomerService/BatchGetCustomers';
const root = '/obp.views.v1.RootService/GetRoot';
const teller: Claims = { user_id: 'u-1', consumer_id: '', bank_id: 'a', roles: [Role.ROLE_CAN_CREATE_CUSTOMER] };

type Sign = (path: string) => Uint8Array;
const signed = (claims: Claims, at = now, issuer = 'gateway', key = secret): Sign => (path) => signAssertion(key, issuer, claims, path, at);

function refusal(path: string, request: unknown, assertion: Sign | undefined): string | undefined {
  try {
    authorize(path, request, assertion?.(path));
    return undefined;
  } catch (error) {
    if (error instanceof ObpFailure) return error.message;
    throw error;
  }
}

const notLoggedIn = failureText(Failure.FAILURE_USER_NOT_LOGGED_IN);
const missing = (detail: string) => failureText(Failure.FAILURE_USER_HAS_MISSING_ROLES, detail);

describe('the authorizer', () => {
  it('hands out the caller that it let in', () => {
    expect(authorize(create, { bank_id: 'a' }, signed(teller)(create))).toMatchObject({ ...teller, issuer: 'gateway' });
  });

  it.each<[string, Sign | undefined]>([
    ['without an assertion', undefined],
    ['with an empty one', () => new Uint8Array()],
    ['with one of another rpc', () => signed(teller)(listAll)],
    ['with one of another secret', signed(teller, now, 'gateway', 'another secret')],
  ])('knows no caller %s', (_situation, assertion) => {
    expect(refusal(create, { bank_id: 'a' }, assertion)).toBe(notLoggedIn);
    expect(refusal(root, {}, assertion)).toBe(notLoggedIn);
  });

  it.each([['slow', -60_000], ['fast', 60_001]])('takes a peer whose clock is %s for late, not its caller for logged out, and names both clocks', (_how, by) => {
    warnings.length = 0;
    expect(refusal(create, { bank_id: 'a' }, signed(teller, now + by))).toBe(failureText(Failure.FAILURE_REQUEST_TIMEOUT));
    expect(warnings).toEqual([{ rpc: create, issuer: 'gateway', clock_there: new Date(now + by).toISOString(), clock_here: new Date(now).toISOString() }]);
  });

  it('takes a role only at the bank of the assertion and of the request', () => {
    expect(refusal(create, { bank_id: 'b' }, signed(teller))).toBe(missing('a caller at BankId(b).'));
    expect(refusal(create, { bank_id: '' }, signed({ ...teller, bank_id: '' }))).toBe(missing('CanCreateCustomer or CanCreateCustomerAtAnyBank for BankId().'));
  });

  it('refuses a caller without a listed role', () => {
    expect(refusal(create, { bank_id: 'a' }, signed({ ...teller, roles: [Role.ROLE_CAN_GET_CUSTOMER] }))).toBe(missing('CanCreateCustomer or CanCreateCustomerAtAnyBank for BankId(a).'));
    expect(refusal(listAll, {}, signed({ ...teller, bank_id: '' }))).toBe(missing('CanGetCustomersAtAnyBank'));
  });

  it('passes over roles that only another version knows', () => {
    const unheardOf = 99_999 as Role;
    expect(refusal(create, { bank_id: 'a' }, signed({ ...teller, roles: [unheardOf, ...teller.roles] }))).toBeUndefined();
    expect(refusal(create, { bank_id: 'a' }, signed({ ...teller, roles: [unheardOf] }))).toBe(missing('CanCreateCustomer or CanCreateCustomerAtAnyBank for BankId(a).'));
  });

  it('takes a system role at any bank', () => {
    expect(refusal(create, { bank_id: 'b' }, signed({ ...teller, bank_id: 'b', roles: [Role.ROLE_CAN_CREATE_CUSTOMER_AT_ANY_BANK] }))).toBeUndefined();
  });

  it('refuses a service on its own behalf where a user must be', () => {
    expect(refusal(create, { bank_id: 'a' }, signed({ ...serviceClaims, bank_id: 'a', roles: [Role.ROLE_CAN_CREATE_CUSTOMER] }))).toBe(notLoggedIn);
  });

  it('keeps the platform\'s own rpcs to the platform, whatever a user holds', () => {
    expect(refusal(batchGet, { keys: [] }, signed(serviceClaims))).toBeUndefined();
    expect(refusal(batchGet, { keys: [] }, signed(teller))).toBe(missing('the platform itself'));
    const anonymous = { ...serviceClaims, service: false };
    expect(refusal(root, {}, signed(anonymous))).toBeUndefined();
    expect(refusal(batchGet, { keys: [] }, signed(anonymous))).toBe(missing('the platform itself'));
    expect(refusal(batchGet, { keys: [] }, undefined)).toBe(notLoggedIn);
  });

  it('lets nobody call what the contract does not declare', () => {
    expect(refusal('/obp.customers.v1.CustomerService/Nothing', {}, signed(teller))).toBe(failureText(Failure.FAILURE_NOT_IMPLEMENTED));
  });
});

/** Which internal rpcs a service may call; the gateway may call all that are not among these, and those it shares. */
const ofServices: Readonly<Record<string, readonly string[]>> = {
  '/obp.attributes.v1.CustomerAttributeLookupService/ForgetCustomerAttributes': ['customers'],
  '/obp.customers.v1.CrmEventService/CreateCrmEvent': ['directory'],
  '/obp.customers.v1.CustomerService/FindCustomers': ['gateway', 'attributes', 'links'],
  '/obp.directory.v1.AccountService/FindAccounts': ['agents', 'links'],
  '/obp.directory.v1.AccountService/OpenAccount': ['agents'],
  '/obp.directory.v1.UserAttributeService/FindUsers': ['links'],
  '/obp.links.v1.LinkLookupService/FindAgentAccount': ['agents'],
  '/obp.links.v1.LinkLookupService/ForgetCustomerLinks': ['customers'],
  '/obp.links.v1.LinkLookupService/LinkAgent': ['agents'],
};
const deployables = ['gateway', 'directory', 'customers', 'attributes', 'links', 'agents'];
const paths = Object.keys(rpcTable);
const isInternal = (path: string) => rpcTable[path]?.access === 'service';

describe('a service that calls on its own behalf', () => {
  it.each(paths.filter(isInternal))('may call %s only where the contract says so', (path) => {
    const allowed = ofServices[path] ?? ['gateway'];
    for (const issuer of deployables) {
      expect([issuer, refusal(path, {}, signed(serviceClaims, now, issuer))]).toEqual([issuer, allowed.includes(issuer) ? undefined : missing(`${allowed.join(' or ')}.`)]);
    }
  });

  it('may call no operation of users, whatever it claims', () => {
    for (const path of paths.filter((one) => !isInternal(one))) {
      for (const issuer of deployables.slice(1)) for (const claims of [serviceClaims, { ...teller, bank_id: '' }]) expect([path, refusal(path, { bank_id: '' }, signed(claims, now, issuer))]).toEqual([path, missing('gateway.')]);
    }
  });
});

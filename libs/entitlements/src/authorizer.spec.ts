import { describe, expect, it } from '@jest/globals';
import { failureText, ObpFailure } from '@platform/failure';
import { Failure, Role } from '@platform/messages';
import { type Claims, serviceClaims, signAssertion } from './assertion.js';
import { createAuthorizer } from './authorizer.js';

const secret = 'a secret of the tests';
const now = 1_700_000_000_000;
const authorize = createAuthorizer({ secret, clock: () => now });
const create = '/obp.customers.v1.CustomerService/CreateCustomer';
const listAll = '/obp.customers.v1.CustomerService/GetCustomersAtAnyBank';
const batchGet = '/obp.customers.v1.CustomerService/BatchGetCustomers';
const root = '/obp.views.v1.RootService/GetRoot';
const teller: Claims = { user_id: 'u-1', consumer_id: '', bank_id: 'a', roles: [Role.ROLE_CAN_CREATE_CUSTOMER] };

const signed = (claims: Claims, at = now) => signAssertion(secret, 'gateway', claims, at);

function refusal(path: string, request: unknown, assertion: Uint8Array | undefined): string | undefined {
  try {
    authorize(path, request, assertion);
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
    expect(authorize(create, { bank_id: 'a' }, signed(teller))).toMatchObject({ ...teller, issuer: 'gateway' });
  });

  it.each<[string, Uint8Array | undefined]>([
    ['without an assertion', undefined],
    ['with an empty one', new Uint8Array()],
    ['with an expired one', signed(teller, now - 60_000)],
    ['with one of another secret', signAssertion('another secret', 'gateway', teller, now)],
  ])('knows no caller %s', (_situation, assertion) => {
    expect(refusal(create, { bank_id: 'a' }, assertion)).toBe(notLoggedIn);
    expect(refusal(root, {}, assertion)).toBe(notLoggedIn);
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

import { describe, expect, it } from '@jest/globals';
import { failureText, ObpFailure, UntrustedCaller } from '@platform/failure';
import { Failure, Role, rpcTable } from '@platform/messages';
import { type Claims, serviceClaims, signAssertion } from './assertion.js';
import { createAuthorizer } from './authorizer.js';

const secret = 'a secret of the tests';
const now = 1_700_000_000_000;
const warnings: unknown[] = [];
const log = { warn: (about: object, text: string) => void warnings.push({ ...about, text }) } as Parameters<
  typeof createAuthorizer
>[0]['log'];
const authorize = createAuthorizer({ secret, clock: () => now, log });
const create = '/obp.customers.v1.CustomerService/CreateCustomer';
const listAll = '/obp.customers.v1.CustomerService/GetCustomersAtAnyBank';
const batchGet = '/obp.customers.v1.CustomerService/BatchGetCustomers';
const root = '/obp.views.v1.RootService/GetRoot';
const teller: Claims = { user_id: 'u-1', consumer_id: '', bank_id: 'a', roles: [Role.ROLE_CAN_CREATE_CUSTOMER] };

type Sign = (path: string) => Uint8Array;
const signed =
  (claims: Claims, at = now, issuer = 'gateway', key = secret): Sign =>
  (path) =>
    signAssertion(key, issuer, claims, path, at);

function refusal(path: string, request: unknown, assertion: Sign | undefined, by = authorize): string | undefined {
  try {
    by(path, request, assertion?.(path));
    return undefined;
  } catch (error) {
    if (error instanceof ObpFailure || error instanceof UntrustedCaller) return error.message;
    throw error;
  }
}

const notLoggedIn = failureText(Failure.FAILURE_USER_NOT_LOGGED_IN);
const missing = (detail: string) => failureText(Failure.FAILURE_USER_HAS_MISSING_ROLES, detail);

describe('the authorizer', () => {
  it('hands out the caller that it let in', () => {
    expect(authorize(create, { bank_id: 'a' }, signed(teller)(create))).toMatchObject({ ...teller, issuer: 'gateway' });
  });

  it('knows no caller without an assertion', () => {
    for (const path of [create, root]) expect(refusal(path, { bank_id: 'a' }, undefined)).toBe(notLoggedIn);
  });

  it.each<[string, Sign]>([
    ['an empty one', () => new Uint8Array()],
    ['one of another rpc', () => signed(teller)(listAll)],
    ['one of another secret', signed(teller, now, 'gateway', 'another secret')],
  ])('trusts nobody with %s, and does not call that a client that is not logged in', (_situation, assertion) => {
    for (const path of [create, root, batchGet])
      expect(refusal(path, { bank_id: 'a' }, assertion)).toBe('the caller assertion is not valid');
  });

  it.each([
    ['slow', -60_000],
    ['fast', 60_001],
  ])('takes a peer whose clock is %s for late, not its caller for logged out, and names both clocks', (_how, by) => {
    warnings.length = 0;
    expect(
      refusal(create, { bank_id: 'a' }, signed(teller, now + by), createAuthorizer({ secret, clock: () => now, log })),
    ).toBe(failureText(Failure.FAILURE_REQUEST_TIMEOUT));
    expect(warnings).toEqual([
      {
        rpc: create,
        issuer: 'gateway',
        clock_there: new Date(now + by).toISOString(),
        clock_here: new Date(now).toISOString(),
        text: 'a caller assertion is from another time: set the clocks',
      },
    ]);
  });

  it.each([-59_999, 60_000])('takes a peer whose clock differs by %i ms', (by) => {
    expect(refusal(create, { bank_id: 'a' }, signed(teller, now + by))).toBeUndefined();
  });

  it('warns of what is not valid, once a second', () => {
    let time = now;
    const own = createAuthorizer({ secret, clock: () => time, log });
    const foreign = signed(teller, now, 'gateway', 'another secret');
    warnings.length = 0;
    for (let call = 0; call < 100; call += 1) refusal(create, { bank_id: 'a' }, foreign, own);
    expect(warnings).toEqual([
      {
        rpc: create,
        issuer: undefined,
        refused: 'forged',
        text: 'a caller assertion is not valid: is CALLER_SECRET the same everywhere?',
      },
    ]);
    time += 1_000;
    refusal(create, { bank_id: 'a' }, foreign, own);
    expect(warnings).toHaveLength(2);
  });

  it('takes a role only at the bank of the assertion and of the request', () => {
    expect(refusal(create, { bank_id: 'b' }, signed(teller))).toBe(missing('a caller at BankId(b).'));
    expect(refusal(create, { bank_id: '' }, signed({ ...teller, bank_id: '' }))).toBe(
      missing('CanCreateCustomer or CanCreateCustomerAtAnyBank for BankId().'),
    );
  });

  it('refuses a caller without a listed role', () => {
    expect(refusal(create, { bank_id: 'a' }, signed({ ...teller, roles: [Role.ROLE_CAN_GET_CUSTOMER] }))).toBe(
      missing('CanCreateCustomer or CanCreateCustomerAtAnyBank for BankId(a).'),
    );
    expect(refusal(listAll, {}, signed({ ...teller, bank_id: '' }))).toBe(missing('CanGetCustomersAtAnyBank'));
  });

  it('passes over roles that only another version knows', () => {
    const unheardOf = 99_999 as Role;
    expect(
      refusal(create, { bank_id: 'a' }, signed({ ...teller, roles: [unheardOf, ...teller.roles] })),
    ).toBeUndefined();
    expect(refusal(create, { bank_id: 'a' }, signed({ ...teller, roles: [unheardOf] }))).toBe(
      missing('CanCreateCustomer or CanCreateCustomerAtAnyBank for BankId(a).'),
    );
  });

  it('takes a system role at any bank', () => {
    expect(
      refusal(
        create,
        { bank_id: 'b' },
        signed({ ...teller, bank_id: 'b', roles: [Role.ROLE_CAN_CREATE_CUSTOMER_AT_ANY_BANK] }),
      ),
    ).toBeUndefined();
  });

  it('refuses a service on its own behalf where a user must be', () => {
    expect(
      refusal(
        create,
        { bank_id: 'a' },
        signed({ ...serviceClaims, bank_id: 'a', roles: [Role.ROLE_CAN_CREATE_CUSTOMER] }),
      ),
    ).toBe(notLoggedIn);
  });

  it("keeps the platform's own rpcs to the platform, whatever a user holds", () => {
    expect(refusal(batchGet, { keys: [] }, signed(serviceClaims))).toBeUndefined();
    expect(refusal(batchGet, { keys: [] }, signed(teller))).toBe(missing('the platform itself'));
    const anonymous = { ...serviceClaims, service: false };
    expect(refusal(root, {}, signed(anonymous))).toBeUndefined();
    expect(refusal(batchGet, { keys: [] }, signed(anonymous))).toBe(missing('the platform itself'));
    expect(refusal(batchGet, { keys: [] }, undefined)).toBe(notLoggedIn);
  });

  it('lets nobody call what the contract does not declare', () => {
    expect(refusal('/obp.customers.v1.CustomerService/Nothing', {}, signed(teller))).toBe(
      failureText(Failure.FAILURE_NOT_IMPLEMENTED),
    );
  });
});

/** Which internal rpcs a service may call; the gateway may call all that are not among these, and those it shares. */
const ofServices: Readonly<Record<string, readonly string[]>> = {
  '/obp.agents.v1.AgentJournalService/ReadAgentJournal': ['gateway', 'events'],
  '/obp.attributes.v1.AttributeJournalService/ReadAttributeJournal': ['gateway', 'events'],
  '/obp.customers.v1.CustomerJournalService/ReadCustomerJournal': ['gateway', 'events'],
  '/obp.links.v1.LinkJournalService/ReadLinkJournal': ['gateway', 'events'],
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
const deployables = ['gateway', 'directory', 'customers', 'attributes', 'links', 'agents', 'events'];
const paths = Object.keys(rpcTable);
const isInternal = (path: string) => rpcTable[path]?.access === 'service';

describe('a service that calls on its own behalf', () => {
  it.each(paths.filter(isInternal))('may call %s only where the contract says so', (path) => {
    const allowed = ofServices[path] ?? ['gateway'];
    for (const issuer of deployables) {
      expect([issuer, refusal(path, {}, signed(serviceClaims, now, issuer))]).toEqual([
        issuer,
        allowed.includes(issuer) ? undefined : missing(`${allowed.join(' or ')}.`),
      ]);
    }
  });

  it('may call no operation of users, whatever it claims', () => {
    for (const path of paths.filter((one) => !isInternal(one))) {
      for (const issuer of deployables.slice(1))
        for (const claims of [serviceClaims, { ...teller, bank_id: '' }])
          expect([path, refusal(path, { bank_id: '' }, signed(claims, now, issuer))]).toEqual([
            path,
            missing('gateway.'),
          ]);
    }
  });
});

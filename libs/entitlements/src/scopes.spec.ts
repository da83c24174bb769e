import { describe, expect, it } from '@jest/globals';
import { Role } from '@platform/messages';
import { decideWithScopes, type ScopePolicy, scopePolicy, type ScopeSettings } from './scopes.js';

const role = Role.ROLE_CAN_CREATE_CUSTOMER;
const anywhere = Role.ROLE_CAN_CREATE_CUSTOMER_AT_ANY_BANK;
const requirement = { access: 'user', roles: [role, anywhere] } as const;
const at = (bank_id: string) => ({ role, bank_id });
const system = { role: anywhere, bank_id: '' };
const none: ScopePolicy = { needsScope: () => false, entitlementOrScope: false };
const all: ScopePolicy = { needsScope: () => true, entitlementOrScope: false };
const listed: ScopePolicy = { needsScope: (one) => one === role, entitlementOrScope: false };
const either: ScopePolicy = { needsScope: () => false, entitlementOrScope: true };

describe('roles and scopes', () => {
  it.each([
    ['a scope alone opens nothing', none, [], [at('a')], { missing: 'user' }],
    ['an entitlement alone is enough', none, [at('a')], [], { granted: [role] }],
    ['all roles need the scope', all, [at('a')], [], { missing: 'consumer' }],
    ['all roles need the scope at the same bank', all, [at('a')], [at('b')], { missing: 'consumer' }],
    ['both are there', all, [at('a')], [at('a')], { granted: [role] }],
    ['the scope of another role does not count', all, [at('a')], [system], { missing: 'consumer' }],
    ['a listed role needs the scope', listed, [at('a')], [], { missing: 'consumer' }],
    ['a role that is not listed does not', listed, [at('a'), system], [], { granted: [anywhere] }],
    ['the user misses the role, whatever the scopes', all, [], [at('a')], { missing: 'user' }],
    ['either is enough: the scope', either, [], [at('a')], { granted: [role] }],
    ['either is enough: the entitlement', either, [at('a')], [], { granted: [role] }],
    ['neither is there', either, [at('b')], [], { missing: 'user' }],
  ])('%s', (_name, policy, roles, scopes, decision) => {
    expect(decideWithScopes(requirement, { roles, scopes }, 'a', policy)).toEqual(decision);
  });

  it('mean nothing where no role is needed', () => {
    expect(decideWithScopes({ access: 'user', roles: [] }, { roles: [], scopes: [] }, '', all)).toEqual({
      granted: [],
    });
  });
});

const policyOf = (settings: Partial<ScopeSettings>) =>
  scopePolicy({
    REQUIRE_SCOPES_FOR_ALL_ROLES: false,
    REQUIRE_SCOPES_FOR_LISTED_ROLES: [],
    ALLOW_ENTITLEMENTS_OR_SCOPES: false,
    ...settings,
  });

describe('the roles of applications', () => {
  it('count as the settings say', () => {
    const policy = policyOf({ REQUIRE_SCOPES_FOR_LISTED_ROLES: ['CanGetCustomer'] });
    expect([
      policy.needsScope(Role.ROLE_CAN_GET_CUSTOMER),
      policy.needsScope(Role.ROLE_CAN_GET_CUSTOMERS),
      policy.entitlementOrScope,
    ]).toEqual([true, false, false]);
    expect(policyOf({ REQUIRE_SCOPES_FOR_ALL_ROLES: true }).needsScope(Role.ROLE_CAN_GET_CUSTOMERS)).toBe(true);
    expect(policyOf({ ALLOW_ENTITLEMENTS_OR_SCOPES: true }).entitlementOrScope).toBe(true);
  });

  it('cannot be both enough and required', () => {
    expect(() => policyOf({ ALLOW_ENTITLEMENTS_OR_SCOPES: true, REQUIRE_SCOPES_FOR_ALL_ROLES: true })).toThrow(
      'cannot be combined',
    );
    expect(() => policyOf({ REQUIRE_SCOPES_FOR_LISTED_ROLES: ['CanFly'] })).toThrow('CanFly is no role');
  });
});

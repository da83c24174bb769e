import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as contract from '@platform/messages';
import type * as Entitlements from '../src/index.js';

const secret = 'a secret of the tests';
const now = 1_700_000_000_000;
const log = { warn: () => undefined };
const { Role, rpcTable, roleTable } = contract;

/** Either of two roles allows this rpc; the older version knows only one of them. */
const path = '/obp.customers.v1.CustomerService/CreateCustomer';
const known = Role.ROLE_CAN_CREATE_CUSTOMER;
const added = Role.ROLE_CAN_CREATE_CUSTOMER_AT_ANY_BANK;

/** The contract before a role was added to it. */
function withoutAdded(): Partial<typeof contract> {
  const rpcs = Object.entries(rpcTable).map(
    ([name, row]) => [name, { ...row, roles: row.roles.filter((role) => role !== added) }] as const,
  );
  return {
    roleTable: Object.fromEntries(Object.entries(roleTable).filter(([role]) => Number(role) !== added)),
    rpcTable: Object.fromEntries(rpcs),
  };
}

async function load(tables: Partial<typeof contract>): Promise<typeof Entitlements> {
  let loaded: typeof Entitlements | undefined;
  await jest.isolateModulesAsync(async () => {
    jest.doMock('@platform/messages', () => ({ ...contract, ...tables }));
    loaded = await import('../src/index.js');
  });
  jest.dontMock('@platform/messages');
  if (loaded === undefined) throw new Error('nothing was loaded');
  return loaded;
}

describe('two versions, of which one has a role more', () => {
  let older: typeof Entitlements;
  let newer: typeof Entitlements;
  beforeAll(async () => {
    [older, newer] = [await load(withoutAdded()), await load({})];
  });

  /** The service's answer to a caller whose assertion was signed by a gateway of another version. */
  const answer = (gateway: typeof Entitlements, service: typeof Entitlements, roles: contract.Role[]): string => {
    const authorize = service.createAuthorizer({ secret, clock: () => now, log: log as never });
    const assertion = gateway.signAssertion(
      secret,
      'gateway',
      { user_id: 'u', consumer_id: '', bank_id: 'a', roles },
      path,
      now,
    );
    try {
      authorize(path, { bank_id: 'a' }, assertion);
      return 'welcome';
    } catch (error) {
      return (error as Error).message.slice(0, 9);
    }
  };

  it('differ', () => {
    expect([older.roleNamed('CanCreateCustomerAtAnyBank'), newer.roleNamed('CanCreateCustomerAtAnyBank')]).toEqual([
      undefined,
      added,
    ]);
  });

  it.each([
    ['the roles that both know', [known], 'welcome'],
    ['one that it does not know beside one that it knows', [added, known], 'welcome'],
    ['the same in the other order', [known, added], 'welcome'],
    ['nothing but one that it does not know', [added], 'OBP-20006'],
  ])('the older service answers a newer gateway about %s', (_, roles, expected) => {
    expect(answer(newer, older, roles)).toBe(expected);
  });

  it('the newer service takes what an older gateway knows', () => {
    expect(answer(older, newer, [known])).toBe('welcome');
  });

  it('the older gateway passes over what a newer directory says of a user and an application', () => {
    const policy = older.scopePolicy({
      REQUIRE_SCOPES_FOR_ALL_ROLES: true,
      REQUIRE_SCOPES_FOR_LISTED_ROLES: [],
      ALLOW_ENTITLEMENTS_OR_SCOPES: false,
    });
    const held = (...roles: contract.Role[]) => roles.map((role) => ({ role, bank_id: role === added ? '' : 'a' }));
    const decide = (...roles: contract.Role[]) =>
      older.decideWithScopes(
        { access: 'user', roles: [known] },
        { roles: held(...roles), scopes: held(...roles) },
        'a',
        policy,
      );
    expect([decide(added, known), decide(added)]).toEqual([{ granted: [known] }, { missing: 'user' }]);
  });
});

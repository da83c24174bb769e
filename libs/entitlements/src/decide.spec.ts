import { describe, expect, it } from '@jest/globals';
import { Role } from '@platform/messages';
import { decide, type HeldRole, missingRoles, needsBank, roleName, roleNamed, roleNames } from './decide.js';

const atBank = Role.ROLE_CAN_CREATE_CUSTOMER;
const atAny = Role.ROLE_CAN_CREATE_CUSTOMER_AT_ANY_BANK;
const held = (role: Role, bank_id: string): HeldRole => ({ role, bank_id });

describe('decide', () => {
  const either = { access: 'user', roles: [atBank, atAny] } as const;

  it.each<[string, readonly HeldRole[], string, Role[] | undefined]>([
    ['a bank role at its bank', [held(atBank, 'a')], 'a', [atBank]],
    ['a bank role at another bank', [held(atBank, 'b')], 'a', undefined],
    ['a bank role held at no bank', [held(atBank, '')], 'a', undefined],
    ['a bank role held at no bank, asked at no bank', [held(atBank, '')], '', undefined],
    ['a system role', [held(atAny, '')], 'a', [atAny]],
    ['a system role where no bank is named', [held(atAny, '')], '', [atAny]],
    ['a system role held at a bank', [held(atAny, 'a')], 'a', undefined],
    ['one of two, among others', [held(Role.ROLE_CAN_GET_CUSTOMER, 'a'), held(atAny, '')], 'a', [atAny]],
    ['both', [held(atAny, ''), held(atBank, 'a')], 'a', [atBank, atAny]],
    ['another role', [held(Role.ROLE_CAN_GET_CUSTOMER, 'a')], 'a', undefined],
    ['nothing', [], 'a', undefined],
    ['a bank whose name differs in case', [held(atBank, 'A')], 'a', undefined],
  ])('with %s', (_situation, roles, bank_id, granted) => {
    expect(decide(either, roles, bank_id)).toEqual(granted);
  });

  it('lets everybody through where no role is needed', () => {
    expect(decide({ access: 'public', roles: [] }, [], '')).toEqual([]);
  });
});

describe('missingRoles', () => {
  it('names the bank where a listed role is held at one', () => {
    expect(missingRoles([atBank, atAny], 'gh.29.uk')).toBe(
      'CanCreateCustomer or CanCreateCustomerAtAnyBank for BankId(gh.29.uk).',
    );
  });

  it('names no bank where none is', () => {
    expect(missingRoles([Role.ROLE_CAN_CREATE_BANK], 'gh.29.uk')).toBe('CanCreateBank');
  });
});

describe('role names', () => {
  it('lead to their roles and back, in alphabetical order', () => {
    const names = roleNames();
    expect(names).toEqual([...names].sort());
    for (const name of names) expect(roleName(roleNamed(name) as Role)).toBe(name);
    expect(roleNamed('CanDoEverything')).toBeUndefined();
    expect(roleNamed('constructor')).toBeUndefined();
  });

  it('are undeclared for an unknown role', () => {
    expect(() => needsBank(99_999 as Role)).toThrow('not declared');
  });
});

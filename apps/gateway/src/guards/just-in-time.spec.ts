import { describe, expect, it } from '@jest/globals';
import { Role } from '@platform/messages';
import { roleInTime } from './just-in-time.js';

const create = [Role.ROLE_CAN_CREATE_CUSTOMER, Role.ROLE_CAN_CREATE_CUSTOMER_AT_ANY_BANK];
const atA = { role: Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ONE_BANK, bank_id: 'a' };
const anywhere = { role: Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ANY_BANK, bank_id: '' };

describe('the role granted just in time', () => {
  it.each([
    ['nobody may grant itself what it may not grant', create, [], 'a', undefined],
    ['whoever grants at the bank gets the bank role', create, [atA], 'a', { role: create[0], bank_id: 'a' }],
    ['not at another bank', create, [atA], 'b', undefined],
    ['whoever grants anywhere gets the first role', create, [anywhere], 'b', { role: create[0], bank_id: 'b' }],
    ['a system role needs the right to grant anywhere', [Role.ROLE_CAN_GET_ANY_USER], [atA], '', undefined],
    [
      'and is held at no bank',
      [Role.ROLE_CAN_GET_ANY_USER],
      [anywhere],
      '',
      { role: Role.ROLE_CAN_GET_ANY_USER, bank_id: '' },
    ],
    ['a system role at a bank is none', [create[1] as Role], [{ ...anywhere, bank_id: 'a' }], 'a', undefined],
  ])('%s', (_name, roles, held, bank_id, role) => {
    expect(roleInTime(roles, held, bank_id)).toEqual(role);
  });
});

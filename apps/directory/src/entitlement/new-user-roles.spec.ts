import { describe, expect, it } from '@jest/globals';
import { Role } from '@platform/messages';
import { newUserRoles, newUserRolesFault } from './new-user-roles.js';

describe('the roles of new users', () => {
  it('are named in a list with commas, each once', () => {
    expect(newUserRoles('')).toEqual([]);
    const list = ' CanGetAnyUser, CanCreateBank ,,CanGetAnyUser';
    expect(newUserRolesFault(list)).toBeUndefined();
    expect(newUserRoles(list)).toEqual([Role.ROLE_CAN_GET_ANY_USER, Role.ROLE_CAN_CREATE_BANK]);
  });

  it.each([
    ['CanGetAnyUser,CanFly', 'entry 2 must be the name of a role'],
    ['SuperAdmin', 'entry 1 must be the name of a role'],
    ['CanGetCustomer', 'entry 1 must be a system role: new users hold none at a bank'],
  ])('are not %s', (list, fault) => {
    expect(newUserRolesFault(list)).toBe(fault);
  });
});

import { describe, expect, it } from '@jest/globals';
import { Failure, Role } from '@platform/messages';
import { wantedRole } from './wanted-role.js';

describe('the role a grant names', () => {
  it('is a bank role at a bank, a system role at none', () => {
    expect(wantedRole({ role_name: 'CanCreateCustomer', bank_id: 'gh.29.uk' })).toBe(Role.ROLE_CAN_CREATE_CUSTOMER);
    expect(wantedRole({ role_name: 'CanCreateBank', bank_id: '' })).toBe(Role.ROLE_CAN_CREATE_BANK);
  });

  it('lists the possible names, sorted, when it is unknown', () => {
    const detail = expect.stringMatching(
      /^CanFly\. Possible roles are CanAddKycCheck, .*CanCreateCustomer, .*, CanUseCustomerFirehoseAtAnyBank$/,
    ) as unknown as string;
    expect(() => wantedRole({ role_name: 'CanFly', bank_id: '' })).toThrow(
      expect.objectContaining({ failure: Failure.FAILURE_INCORRECT_ROLE_NAME, detail }),
    );
  });

  it.each([
    ['CanCreateCustomer', '', Failure.FAILURE_ENTITLEMENT_IS_BANK_ROLE],
    ['CanCreateBank', 'gh.29.uk', Failure.FAILURE_ENTITLEMENT_IS_SYSTEM_ROLE],
    ['cancreatebank', '', Failure.FAILURE_INCORRECT_ROLE_NAME],
    ['SuperAdmin', '', Failure.FAILURE_INCORRECT_ROLE_NAME],
    ['', '', Failure.FAILURE_INCORRECT_ROLE_NAME],
    ['__proto__', '', Failure.FAILURE_INCORRECT_ROLE_NAME],
  ])('refuses %j at %j', (role_name, bank_id, failure) => {
    expect(() => wantedRole({ role_name, bank_id })).toThrow(expect.objectContaining({ failure }));
  });
});

import { needsBank, roleNamed, roleNames } from '@platform/entitlements';
import { fail } from '@platform/failure';
import { type CreateEntitlementJSON, Failure, type Role } from '@platform/messages';

/**
 * The role that a grant names; it must have a bank if it is a bank role, and none if it is a system role.
 * @throws ObpFailure OBP-10007, OBP-30205 or OBP-30206
 */
export function wantedRole({ role_name, bank_id }: CreateEntitlementJSON): Role {
  const role = roleNamed(role_name);
  if (role === undefined)
    return fail(Failure.FAILURE_INCORRECT_ROLE_NAME, `${role_name}. Possible roles are ${roleNames().join(', ')}`);
  if (needsBank(role) && bank_id === '') return fail(Failure.FAILURE_ENTITLEMENT_IS_BANK_ROLE);
  if (!needsBank(role) && bank_id !== '') return fail(Failure.FAILURE_ENTITLEMENT_IS_SYSTEM_ROLE);
  return role;
}

import { type HeldRole, needsBank } from '@platform/entitlements';
import { Role } from '@platform/messages';

/**
 * The role that a caller may grant itself for this call: the first of the operation's roles that the caller may grant.
 * @param bank_id empty when the operation has none
 */
export function roleInTime(roles: readonly Role[], held: readonly HeldRole[], bank_id: string): HeldRole | undefined {
  const holds = (role: Role, at: string) => held.some((one) => one.role === role && one.bank_id === at);
  const anywhere = holds(Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ANY_BANK, '');
  const here = bank_id !== '' && holds(Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ONE_BANK, bank_id);
  const role = roles.find((one) => (needsBank(one) ? bank_id !== '' && (anywhere || here) : anywhere));
  return role === undefined ? undefined : { role, bank_id: needsBank(role) ? bank_id : '' };
}

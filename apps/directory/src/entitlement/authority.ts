import type { EntityManager } from '@mikro-orm/postgresql';
import { roleName } from '@platform/entitlements';
import { fail, isId } from '@platform/failure';
import { Failure, Role } from '@platform/messages';
import { BankSchema } from '../bank/bank.entity.js';
import { isBankId } from '../bank/bank-id.js';
import { isSuperAdmin, UserSchema } from '../user/user.entity.js';
import { EntitlementSchema } from './entitlement.entity.js';

/** A role and where it is held. */
export interface Held {
  readonly role: Role;
  readonly bank_id: string;
}

/** Whether the user holds any one of the roles. Looked up afresh: decisions on grants are rare and must not be stale. */
export async function holdsAny(em: EntityManager, user_id: string, roles: readonly Held[]): Promise<boolean> {
  const held = roles.map(({ role, bank_id }) => ({ role_name: roleName(role), bank_id }));
  return (await em.count(EntitlementSchema, { user_id, $or: held })) > 0;
}

/** A role held at the bank or a system role; the first counts only at a bank. */
export function atBankOrAny(atOneBank: Role, atAnyBank: Role, bank_id: string): Held[] {
  const anywhere = { role: atAnyBank, bank_id: '' };
  return bank_id === '' ? [anywhere] : [{ role: atOneBank, bank_id }, anywhere];
}

/** What opens grants of a role at the bank, or at none. */
export function grantingRoles(bank_id: string): Held[] {
  return atBankOrAny(Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ONE_BANK, Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ANY_BANK, bank_id);
}

/** A super admin, or who may grant at that bank or at any. */
export async function mayGrant(em: EntityManager, user_id: string, bank_id: string, superAdmins: readonly string[]): Promise<boolean> {
  const user = await em.findOne(UserSchema, { user_id, is_deleted: false });
  if (user === null) return false;
  return isSuperAdmin(user, superAdmins) || holdsAny(em, user_id, grantingRoles(bank_id));
}

/** Checks the bank of a bank role; a system role has none. @throws ObpFailure OBP-30001 */
export async function requireBank(em: EntityManager, bank_id: string): Promise<void> {
  if (bank_id === '') return;
  if (!isBankId(bank_id) || (await em.count(BankSchema, { bank_id })) === 0) fail(Failure.FAILURE_BANK_NOT_FOUND, ` Current BankId is ${bank_id}`);
}

/** Whether there is such a user; it is not deleted until the command ends. */
export async function holdUser(em: EntityManager, user_id: string): Promise<boolean> {
  if (!isId(user_id)) return false;
  const found: unknown[] = await em.execute('select from app_user where user_id = ? and not is_deleted for key share', [user_id]);
  return found.length > 0;
}

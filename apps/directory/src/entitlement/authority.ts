import type { EntityManager } from '@mikro-orm/postgresql';
import { counts, roleName, type ScopePolicy } from '@platform/entitlements';
import { fail } from '@platform/failure';
import { isId } from '@platform/input';
import type { Call } from '@platform/grpc';
import { Failure, Role } from '@platform/messages';
import { hasRow } from '@platform/persistence';
import { BankSchema } from '../bank/bank.entity.js';
import { isBankId } from '../bank/bank-id.js';
import type { DirectoryConfig } from '../config.js';
import { ScopeSchema } from '../scope/scope.entity.js';
import { isSuperAdmin, UserSchema } from '../user/user.entity.js';
import { EntitlementSchema } from './entitlement.entity.js';
import { heldUser } from './entitlement.sql.js';

/** A role and the bank where it is held. */
export interface Held {
  readonly role: Role;
  readonly bank_id: string;
}

/** The calling user and application. */
export type Caller = Pick<Call['caller'], 'user_id' | 'consumer_id'>;

/**
 * Whether the caller holds any of the roles, with scopes counted as the instance requires. Always read from the
 * database: decisions about grants are rare and must not be stale.
 */
export async function holdsAny(
  em: EntityManager,
  { user_id, consumer_id }: Caller,
  roles: readonly Held[],
  policy: ScopePolicy,
): Promise<boolean> {
  const wanted = roles.map(({ role, bank_id }) => ({ role_name: roleName(role), bank_id }));
  const entitlements = await em.find(EntitlementSchema, { user_id, $or: wanted });
  const scopes = await em.find(ScopeSchema, { consumer_id, $or: wanted });
  return roles.some(({ role, bank_id }) => {
    const isIt = (one: { role_name: string; bank_id: string }) =>
      one.role_name === roleName(role) && one.bank_id === bank_id;
    return counts(role, { user: entitlements.some(isIt), consumer: scopes.some(isIt) }, policy);
  });
}

/** The role at the bank, or the system role; the first one counts only at a bank. */
export function atBankOrAny(atOneBank: Role, atAnyBank: Role, bank_id: string): Held[] {
  const anywhere = { role: atAnyBank, bank_id: '' };
  return bank_id === '' ? [anywhere] : [{ role: atOneBank, bank_id }, anywhere];
}

/** The roles that allow a caller to grant roles at the bank, or system roles if `bank_id` is empty. */
export function grantingRoles(bank_id: string): Held[] {
  return atBankOrAny(
    Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ONE_BANK,
    Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ANY_BANK,
    bank_id,
  );
}

/** Whether the caller is a super admin, or may grant roles at that bank or at any bank. */
export async function mayGrant(
  em: EntityManager,
  caller: Caller,
  bank_id: string,
  { super_admin_user_ids, scope_policy }: DirectoryConfig,
): Promise<boolean> {
  const user = await em.findOne(UserSchema, { user_id: caller.user_id, is_deleted: false });
  if (user === null) return false;
  return isSuperAdmin(user, super_admin_user_ids) || holdsAny(em, caller, grantingRoles(bank_id), scope_policy);
}

/** Checks the bank of a bank role; a system role has none. @throws ObpFailure OBP-30001 */
export async function requireBank(em: EntityManager, bank_id: string): Promise<void> {
  if (bank_id === '') return;
  if (!isBankId(bank_id) || (await em.count(BankSchema, { bank_id })) === 0) fail(Failure.FAILURE_BANK_NOT_FOUND);
}

/** Whether the user exists; the user then cannot be deleted until the command ends. */
export async function holdUser(em: EntityManager, user_id: string): Promise<boolean> {
  if (!isId(user_id)) return false;
  return hasRow(em, heldUser, [user_id]);
}

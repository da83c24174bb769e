import type { EntityManager } from '@mikro-orm/postgresql';
import type { ScopePolicy } from '@platform/entitlements';
import { fail } from '@platform/failure';
import type { Call, Given } from '@platform/grpc';
import {
  type CreateUserWithRolesRequest,
  type Entitlements,
  EntitlementServiceDefinition,
  Failure,
  type PostCreateUserWithRolesJsonV400,
  Role,
} from '@platform/messages';
import { hasRow } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import { auditedCallOf } from '../audit/audit.js';
import type { Parts } from '../parts.js';
import { type Caller, type Held, holdsAny, holdUser, requireBank } from './authority.js';
import { entitlementConflicts, entitlementOf, grant } from './entitlement.entity.js';
import { heldUserOfProvider, insertUserOfProvider } from './entitlement.sql.js';
import { grantToNewUser } from './new-user-roles.js';
import { wantedRole } from './wanted-role.js';

/**
 * Creates a user of a DAuth provider unless it exists, and grants it roles: all or none.
 * @throws ObpFailure OBP-10001, OBP-10007, OBP-30205, OBP-30206, OBP-30001, OBP-30220 or OBP-30216
 */
export async function createUserWithRoles(
  parts: Parts,
  { body }: Given<CreateUserWithRolesRequest>,
  call: Call,
): Promise<Entitlements> {
  const wanted = body.roles.map((one): Held => ({ role: wantedRole(one), bank_id: one.bank_id }));
  const created_at = wireTime(parts.clock());
  return parts.audit.command(
    auditedCallOf(call, EntitlementServiceDefinition, 'createUserWithRoles'),
    entitlementConflicts,
    async (em, note) => {
      for (const bank_id of new Set(wanted.map((one) => one.bank_id))) await requireBank(em, bank_id);
      await requireOwn(em, call.caller, wanted, parts.config.scope_policy);
      const { user_id, is_new } = await ensureUser(em, body, created_at);
      const granted = wanted.map(({ role, bank_id }) =>
        grant({ em, note }, role, { user_id, bank_id }, 'manual', created_at),
      );
      if (is_new) grantToNewUser({ em, note }, user_id, others(parts.config.new_user_roles, wanted), created_at);
      return { list: granted.map(entitlementOf) };
    },
  );
}

/** Nobody gives what it does not have, except who may grant everything. */
async function requireOwn(
  em: EntityManager,
  caller: Caller,
  wanted: readonly Held[],
  policy: ScopePolicy,
): Promise<void> {
  const known = await holdUser(em, caller.user_id);
  if (
    known &&
    (await holdsAny(em, caller, [{ role: Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ANY_BANK, bank_id: '' }], policy))
  )
    return;
  for (const one of wanted) {
    if (!known || !(await holdsAny(em, caller, [one], policy))) fail(Failure.FAILURE_ENTITLEMENT_CANNOT_BE_GRANTED);
  }
}

/** If several calls create the same user at the same time, one creates it and the others find it. */
async function ensureUser(
  em: EntityManager,
  { provider, username }: Pick<PostCreateUserWithRolesJsonV400, 'provider' | 'username'>,
  created_at: string,
): Promise<{ user_id: string; is_new: boolean }> {
  const user_id = v7();
  const values = [user_id, provider, username, username, created_at];
  if (await hasRow(em, insertUserOfProvider, values)) return { user_id, is_new: true };
  const [found] = await em.execute<{ user_id: string }[]>(heldUserOfProvider, [provider, username]);
  // The user was deleted in between: its name is free again.
  return found === undefined ? ensureUser(em, { provider, username }, created_at) : { ...found, is_new: false };
}

/** The configured roles of new users, without those that this call grants anyway. */
function others(roles: readonly Role[], wanted: readonly Held[]): Role[] {
  return roles.filter((role) => !wanted.some((one) => one.role === role));
}

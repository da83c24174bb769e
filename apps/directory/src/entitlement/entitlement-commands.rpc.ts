import { LockMode } from '@mikro-orm/postgresql';
import { roleName } from '@platform/entitlements';
import { fail, failureText } from '@platform/failure';
import type { Call, Given, Implementation } from '@platform/grpc';
import {
  type AddEntitlementRequest,
  type DeleteEntitlementRequest,
  type Entitlement,
  EntitlementServiceDefinition,
  Failure,
  type Nothing,
  Role,
} from '@platform/messages';
import { wireTime } from '@platform/runtime';
import { auditedCallOf } from '../audit/audit.js';
import type { Parts } from '../parts.js';
import { userUnknown } from '../user/user.entity.js';
import { holdUser, mayGrant, requireBank } from './authority.js';
import { EntitlementSchema, entitlementConflicts, entitlementOf, grant } from './entitlement.entity.js';
import { wantedRole } from './wanted-role.js';

/** The rpcs that grant and revoke roles. */
export function entitlementCommands(parts: Parts): Implementation<EntitlementServiceDefinition> {
  return {
    addEntitlement: (request, call) => addEntitlement(parts, request, call),
    deleteEntitlement: (request, call) => deleteEntitlement(parts, request, call),
  };
}

async function addEntitlement(parts: Parts, request: Given<AddEntitlementRequest>, call: Call): Promise<Entitlement> {
  const { user_id, body } = request;
  const { bank_id } = body;
  return parts.audit.command(
    auditedCallOf(call, EntitlementServiceDefinition, 'addEntitlement'),
    entitlementConflicts,
    async (em, note) => {
      if (!(await holdUser(em, user_id))) userUnknown(user_id);
      const role = wantedRole(body);
      if (!(await mayGrant(em, call.caller, bank_id, parts.config))) refuseGrant(bank_id);
      await requireBank(em, bank_id);
      return entitlementOf(grant({ em, note }, role, { user_id, bank_id }, 'manual', wireTime(parts.clock())));
    },
  );
}

/** The text is OBP's, including the "or" without a space before the next code. */
function refuseGrant(bank_id: string): never {
  const missing = failureText(Failure.FAILURE_USER_HAS_MISSING_ROLES);
  const [atOneBank, atAnyBank] = [
    roleName(Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ONE_BANK),
    roleName(Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ANY_BANK),
  ];
  return fail(
    Failure.FAILURE_USER_NOT_SUPER_ADMIN,
    ` or${missing}${atOneBank} BankId(${bank_id}). or${missing}${atAnyBank}`,
  );
}

async function deleteEntitlement(
  { audit }: Parts,
  { user_id, entitlement_id }: DeleteEntitlementRequest,
  call: Call,
): Promise<Nothing> {
  await audit.command(auditedCallOf(call, EntitlementServiceDefinition, 'deleteEntitlement'), {}, async (em, note) => {
    // Locked, so that the second of two concurrent deletions finds nothing.
    const found = await em.findOne(EntitlementSchema, { entitlement_id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (found === null) return fail(Failure.FAILURE_ENTITLEMENT_NOT_FOUND);
    if (found.user_id !== user_id) return fail(Failure.FAILURE_USER_DOES_NOT_HAVE_ENTITLEMENT);
    em.remove(found);
    note({ kind: 'revocation', subject: user_id, role: found.role_name, bank_id: found.bank_id });
  });
  return {};
}

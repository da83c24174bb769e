import { LockMode } from '@mikro-orm/postgresql';
import { roleName } from '@platform/entitlements';
import { checkTexts, fail, failureText, isId } from '@platform/failure';
import type { Call, Implementation } from '@platform/grpc';
import { type AddEntitlementRequest, type DeleteEntitlementRequest, type Entitlement, type EntitlementServiceDefinition, Failure, type Nothing, Role } from '@platform/messages';
import { command } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { requireBody } from '../body.js';
import type { Parts } from '../parts.js';
import { userUnknown } from '../user/user.entity.js';
import { holdUser, mayGrant, requireBank } from './authority.js';
import { EntitlementSchema, entitlementConflicts, entitlementOf, grant } from './entitlement.entity.js';
import { wantedRole } from './wanted-role.js';

/** The rpcs that grant roles and take them away. */
export function entitlementCommands(parts: Parts): Implementation<EntitlementServiceDefinition> {
  return {
    addEntitlement: (request, call) => addEntitlement(parts, request, call),
    deleteEntitlement: (request) => deleteEntitlement(parts, request),
  };
}

async function addEntitlement(parts: Parts, request: AddEntitlementRequest, { caller }: Call): Promise<Entitlement> {
  const body = requireBody(request.body);
  checkTexts(body, { role_name: 255, bank_id: 255 });
  const { user_id } = request;
  const { bank_id } = body;
  if (!isId(user_id)) userUnknown(user_id);
  return command(parts.orm, entitlementConflicts, async (em) => {
    if (!(await holdUser(em, user_id))) userUnknown(user_id);
    const role = wantedRole(body);
    if (!(await mayGrant(em, caller, bank_id, parts.config))) refuseGrant(bank_id);
    await requireBank(em, bank_id);
    return entitlementOf(grant(em, role, { user_id, bank_id }, 'manual', wireTime(parts.clock())));
  });
}

/** The wording is OBP's, with its "or" that sticks to the next code. */
function refuseGrant(bank_id: string): never {
  const missing = failureText(Failure.FAILURE_USER_HAS_MISSING_ROLES);
  const [atOneBank, atAnyBank] = [roleName(Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ONE_BANK), roleName(Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ANY_BANK)];
  return fail(Failure.FAILURE_USER_NOT_SUPER_ADMIN, ` or${missing}${atOneBank} BankId(${bank_id}). or${missing}${atAnyBank}`);
}

async function deleteEntitlement({ orm }: Parts, { user_id, entitlement_id }: DeleteEntitlementRequest): Promise<Nothing> {
  if (!isId(entitlement_id)) fail(Failure.FAILURE_ENTITLEMENT_NOT_FOUND);
  await command(orm, {}, async (em) => {
    // Locked, so that of two parallel deletions one finds nothing.
    const found = await em.findOne(EntitlementSchema, { entitlement_id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (found === null) return fail(Failure.FAILURE_ENTITLEMENT_NOT_FOUND);
    if (found.user_id !== user_id) return fail(Failure.FAILURE_USER_DOES_NOT_HAVE_ENTITLEMENT);
    em.remove(found);
  });
  return {};
}

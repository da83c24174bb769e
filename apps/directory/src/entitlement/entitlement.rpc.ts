import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { checkTexts, fail, failureText, isId } from '@platform/failure';
import { type BoundService, bind, type Call } from '@platform/grpc';
import { roleName } from '@platform/entitlements';
import { type AddEntitlementRequest, type DeleteEntitlementRequest, type Entitlement, EntitlementServiceDefinition, Failure, type Nothing, Role } from '@platform/messages';
import { command } from '@platform/persistence';
import { BankSchema } from '../bank/bank.entity.js';
import { isBankId } from '../bank/bank-id.js';
import { requireBody } from '../body.js';
import { type Parts, timeText } from '../parts.js';
import { isSuperAdmin, UserSchema, userUnknown } from '../user/user.entity.js';
import { EntitlementSchema, entitlementConflicts, grant } from './entitlement.entity.js';
import { entitlementsOfUser } from './entitlement.view.js';
import { wantedRole } from './wanted-role.js';

/** Roles held by users. */
export function createEntitlementService(parts: Parts): BoundService {
  return bind(EntitlementServiceDefinition, {
    addEntitlement: (request, call) => addEntitlement(parts, request, call),
    getEntitlementsForCurrentUser: (_request, { caller }) => entitlementsOfUser(parts.reader, caller.user_id, parts.config.super_admin_user_ids),
    deleteEntitlement: (request) => deleteEntitlement(parts, request),
  });
}

async function addEntitlement(parts: Parts, request: AddEntitlementRequest, { caller }: Call): Promise<Entitlement> {
  const body = requireBody(request.body);
  checkTexts(body, { role_name: 255, bank_id: 255 });
  const { user_id } = request;
  const { bank_id } = body;
  if (!isId(user_id)) userUnknown(user_id);
  return command(parts.orm, entitlementConflicts, async (em) => {
    if ((await em.findOne(UserSchema, { user_id, is_deleted: false })) === null) userUnknown(user_id);
    const role = wantedRole(body);
    if (!(await mayGrant(em, caller.user_id, bank_id, parts.config.super_admin_user_ids))) refuseGrant(bank_id);
    if (bank_id !== '' && !(await bankExists(em, bank_id))) fail(Failure.FAILURE_BANK_NOT_FOUND, ` Current BankId is ${bank_id}`);
    const { entitlement_id, role_name } = grant(em, role, { user_id, bank_id }, 'manual', timeText(parts.clock()));
    return { entitlement_id, role_name, bank_id };
  });
}

const atOneBank = roleName(Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ONE_BANK);
const atAnyBank = roleName(Role.ROLE_CAN_CREATE_ENTITLEMENT_AT_ANY_BANK);

/** A super admin, or who may grant at that bank or at any. Looked up afresh: grants are rare and must not be stale. */
async function mayGrant(em: EntityManager, user_id: string, bank_id: string, superAdmins: readonly string[]): Promise<boolean> {
  const user = await em.findOne(UserSchema, { user_id, is_deleted: false });
  if (user === null) return false;
  if (isSuperAdmin(user, superAdmins)) return true;
  const held = [{ role_name: atAnyBank, bank_id: '' }, ...(bank_id === '' ? [] : [{ role_name: atOneBank, bank_id }])];
  return (await em.count(EntitlementSchema, { user_id, $or: held })) > 0;
}

/** The wording is OBP's, with its "or" that sticks to the next code. */
function refuseGrant(bank_id: string): never {
  const missing = failureText(Failure.FAILURE_USER_HAS_MISSING_ROLES);
  return fail(Failure.FAILURE_USER_NOT_SUPER_ADMIN, ` or${missing}${atOneBank} BankId(${bank_id}). or${missing}${atAnyBank}`);
}

async function bankExists(em: EntityManager, bank_id: string): Promise<boolean> {
  return isBankId(bank_id) && (await em.count(BankSchema, { bank_id })) > 0;
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

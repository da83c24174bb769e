import { roleName } from '@platform/entitlements';
import { fail } from '@platform/failure';
import { isId } from '@platform/input';
import { bind, type BoundService, type Call, type Given } from '@platform/grpc';
import {
  type AddEntitlementRequestRequest,
  type EntitlementRequest,
  EntitlementRequestServiceDefinition,
  Failure,
} from '@platform/messages';
import { autocommit, command } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import { holdUser, requireBank } from '../entitlement/authority.js';
import { wantedRole } from '../entitlement/wanted-role.js';
import type { Parts } from '../parts.js';
import { EntitlementRequestSchema, requestConflicts } from './entitlement-request.entity.js';
import { requestMessages, withUsers } from './requests-with-users.js';
import { allRequests, requestsOfUser } from './entitlement-request.sql.js';

/** Roles that users ask for. */
export function createEntitlementRequestService(parts: Parts): BoundService {
  return bind(EntitlementRequestServiceDefinition, {
    addEntitlementRequest: (request, call) => addEntitlementRequest(parts, request, call),
    getAllEntitlementRequests: () => requestMessages(parts, allRequests, []),
    getEntitlementRequests: ({ user_id }) => requestMessages(parts, requestsOfUser, [isId(user_id) ? user_id : '']),
    getEntitlementRequestsForCurrentUser: (_request, { caller }) =>
      requestMessages(parts, requestsOfUser, [caller.user_id]),
    async deleteEntitlementRequest({ entitlement_request_id }) {
      await deleteEntitlementRequest(parts, entitlement_request_id);
      return { value: true };
    },
  });
}

async function addEntitlementRequest(
  parts: Parts,
  { body }: Given<AddEntitlementRequestRequest>,
  { caller }: Call,
): Promise<EntitlementRequest> {
  const { user_id } = caller;
  const { bank_id } = body;
  const row = await command(parts.orm, requestConflicts, async (em) => {
    // The caller's user was deleted while the token was still valid.
    if (!(await holdUser(em, user_id))) fail(Failure.FAILURE_USER_NOT_LOGGED_IN);
    await requireBank(em, bank_id);
    const role_name = roleName(wantedRole(body));
    return em.create(EntitlementRequestSchema, {
      entitlement_request_id: v7(),
      user_id,
      role_name,
      bank_id,
      created_at: wireTime(parts.clock()),
    });
  });
  const [made] = await withUsers(parts, [row]);
  return made ?? fail(Failure.FAILURE_USER_NOT_LOGGED_IN);
}

/** If a request is deleted twice at the same time, only one call finds it. */
async function deleteEntitlementRequest({ orm }: Parts, entitlement_request_id: string): Promise<void> {
  const deleted = await autocommit(orm, {}, (em) =>
    em.nativeDelete(EntitlementRequestSchema, { entitlement_request_id }),
  );
  if (deleted === 0) fail(Failure.FAILURE_ENTITLEMENT_REQUEST_NOT_FOUND);
}

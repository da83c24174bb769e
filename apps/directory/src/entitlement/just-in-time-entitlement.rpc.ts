import { missingRoles, needsBank, roleName } from '@platform/entitlements';
import { fail } from '@platform/failure';
import { bind, type BoundService } from '@platform/grpc';
import {
  Failure,
  type GrantJustInTimeRequest,
  JustInTimeEntitlementServiceDefinition,
  type Nothing,
  roleTable,
} from '@platform/messages';
import { hasRow } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import type { Parts } from '../parts.js';
import { grantingRoles, holdsAny, holdUser, requireBank } from './authority.js';
import { grantOf } from './entitlement.entity.js';
import { grantUnlessHeld } from './entitlement.sql.js';

/** Roles that users grant themselves. */
export function createJustInTimeEntitlementService(parts: Parts): BoundService {
  return bind(JustInTimeEntitlementServiceDefinition, {
    grantJustInTime: (request, { correlation_id }) => grantJustInTime(parts, request, correlation_id),
  });
}

/**
 * Grants a user a role that the user may grant. The right to grant is read from the database, whatever the caller has
 * cached. If the user already holds the role, the call succeeds too. Being a super admin is not enough.
 * @throws ObpFailure OBP-10007, OBP-30205, OBP-30206, OBP-20006 or OBP-30001
 */
export async function grantJustInTime(
  { audit, clock, config }: Parts,
  { user_id, consumer_id, role, at_bank_id: bank_id }: GrantJustInTimeRequest,
  correlation_id: string,
): Promise<Nothing> {
  if (roleTable[role] === undefined) fail(Failure.FAILURE_INCORRECT_ROLE_NAME, String(role));
  if (needsBank(role) && bank_id === '') fail(Failure.FAILURE_ENTITLEMENT_IS_BANK_ROLE);
  if (!needsBank(role) && bank_id !== '') fail(Failure.FAILURE_ENTITLEMENT_IS_SYSTEM_ROLE);
  await audit.command(
    { operation_id: 'grantJustInTime', user_id, consumer_id, correlation_id },
    {},
    async (em, note) => {
      await requireBank(em, bank_id);
      const may =
        (await holdUser(em, user_id)) &&
        (await holdsAny(em, { user_id, consumer_id }, grantingRoles(bank_id), config.scope_policy));
      if (!may) fail(Failure.FAILURE_USER_HAS_MISSING_ROLES, missingRoles([role], bank_id));
      const values = [v7(), user_id, roleName(role), bank_id, wireTime(clock())];
      if (await hasRow(em, grantUnlessHeld, values)) note(grantOf(role, { user_id, bank_id }));
    },
  );
  return {};
}

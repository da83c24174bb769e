import { defineEntity, type EntityManager, type InferEntity, p } from '@mikro-orm/core';
import type { Outcome } from '@platform/audit';
import { roleName } from '@platform/entitlements';
import { fail } from '@platform/failure';
import { type Entitlement, Failure, type Role } from '@platform/messages';
import { SecondsType, type ConstraintFailures } from '@platform/persistence';
import { v7 } from 'uuid';
import type { Note } from '../audit/audit.js';

/** A role held by a user: at one bank, or a system role with an empty bank id. */
export const EntitlementSchema = defineEntity({
  name: 'Entitlement',
  tableName: 'entitlement',
  properties: {
    entitlement_id: p.text().primary(),
    user_id: p.text(),
    role_name: p.text(),
    bank_id: p.text(),
    created_by_process: p.text(),
    created_at: p.type(SecondsType),
  },
});

export type EntitlementRow = InferEntity<typeof EntitlementSchema>;

export const entitlementConflicts: ConstraintFailures = {
  entitlement_user_role_bank_key: () => fail(Failure.FAILURE_ENTITLEMENT_EXISTS),
};

/** Why a role was granted: by an administrator, to a bank's creator, just in time to the user, or to a new user. */
export type Origin = 'manual' | 'create_bank' | 'create_just_in_time_entitlements' | 'new_user_entitlement_list';

/** A command that grants roles. */
export interface Granting {
  readonly em: EntityManager;
  readonly note: Note;
}

/** Grants a role and records it in the trail; both are written when the command ends. */
export function grant(
  { em, note }: Granting,
  role: Role,
  holder: { user_id: string; bank_id: string },
  origin: Origin,
  created_at: string,
): EntitlementRow {
  note(grantOf(role, holder));
  return em.create(EntitlementSchema, {
    entitlement_id: v7(),
    user_id: holder.user_id,
    bank_id: holder.bank_id,
    role_name: roleName(role),
    created_by_process: origin,
    created_at,
  });
}

/** The trail's entry for a grant. */
export function grantOf(role: Role, { user_id, bank_id }: { user_id: string; bank_id: string }): Outcome {
  return { kind: 'grant', subject: user_id, role: roleName(role), bank_id };
}

export function entitlementOf({ entitlement_id, role_name, bank_id }: EntitlementRow): Entitlement {
  return { entitlement_id, role_name, bank_id };
}

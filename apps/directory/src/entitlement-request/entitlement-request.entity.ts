import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import { SecondsType, type ConstraintFailures } from '@platform/persistence';

/** A role that a user asks for: at one bank, or a system role with an empty bank id. */
export const EntitlementRequestSchema = defineEntity({
  name: 'EntitlementRequest',
  tableName: 'entitlement_request',
  properties: {
    /** Version 7, so ids are in the order of creation. */
    entitlement_request_id: p.text().primary(),
    user_id: p.text(),
    role_name: p.text(),
    bank_id: p.text(),
    created_at: p.type(SecondsType),
  },
});

export type EntitlementRequestRow = InferEntity<typeof EntitlementRequestSchema>;

export const requestConflicts: ConstraintFailures = {
  entitlement_request_user_role_bank_key: () => fail(Failure.FAILURE_ENTITLEMENT_REQUEST_EXISTS),
};

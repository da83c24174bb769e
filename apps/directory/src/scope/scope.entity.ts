import { defineEntity, p } from '@mikro-orm/core';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import { SecondsType, type ConstraintFailures } from '@platform/persistence';

/** A role held by an application: at one bank, or a system role with an empty bank id. */
export const ScopeSchema = defineEntity({
  name: 'Scope',
  tableName: 'scope',
  properties: {
    scope_id: p.text().primary(),
    consumer_id: p.text(),
    role_name: p.text(),
    bank_id: p.text(),
    created_at: p.type(SecondsType),
  },
});

export const scopeConflicts: ConstraintFailures = {
  scope_consumer_role_bank_key: () => fail(Failure.FAILURE_ENTITLEMENT_EXISTS),
};

import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { fail } from '@platform/failure';
import { type BankAttribute, type BankRouting, Failure } from '@platform/messages';
import { SecondsType, type ConstraintFailures } from '@platform/persistence';

/** A bank, a tenant of the platform. */
export const BankSchema = defineEntity({
  name: 'Bank',
  tableName: 'bank',
  properties: {
    bank_id: p.text().primary(),
    bank_code: p.text(),
    full_name: p.text(),
    logo: p.text(),
    website: p.text(),
    /** The BIC and the national routing, if given; without the bank's own id. */
    routings: p.json<BankRouting[]>(),
    attributes: p.json<BankAttribute[]>(),
    created_at: p.type(SecondsType),
  },
});

export type Bank = InferEntity<typeof BankSchema>;

export const bankConflicts: ConstraintFailures = { bank_pkey: () => fail(Failure.FAILURE_BANK_ID_EXISTS) };

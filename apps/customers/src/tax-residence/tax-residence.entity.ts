import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import { SecondsType } from '@platform/persistence';

/** A place where a customer pays taxes; unique by customer, domain and tax number. */
export const TaxResidenceSchema = defineEntity({
  name: 'TaxResidence',
  tableName: 'tax_residence',
  properties: {
    bank_id: p.text().primary(),
    /** Version 7, so ids are in the order of creation. */
    tax_residence_id: p.text().primary(),
    customer_id: p.text(),
    domain: p.text(),
    tax_number: p.text(),
    created_at: p.type(SecondsType),
  },
});

export type TaxResidence = InferEntity<typeof TaxResidenceSchema>;

/**
 * Of two equal residences only the first one is stored. OBP has no specific code for the second.
 * @throws ObpFailure OBP-50200
 */
export function taxResidenceTaken(): never {
  return fail(
    Failure.FAILURE_CONNECTOR_RETURNED_NO_DATA,
    ' The customer has a tax residence of this domain and tax_number already.',
  );
}

/** @throws ObpFailure OBP-30300 */
export function taxResidenceUnknown(): never {
  return fail(Failure.FAILURE_TAX_RESIDENCE_NOT_FOUND);
}

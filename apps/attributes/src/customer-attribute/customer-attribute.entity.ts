import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/** A typed name-value pair of a customer. Several attributes may have the same name. */
export const CustomerAttributeSchema = defineEntity({
  name: 'CustomerAttribute',
  tableName: 'customer_attribute',
  properties: {
    bank_id: p.text().primary(),
    /** Version 7, so ids are in the order of creation. */
    customer_attribute_id: p.text().primary(),
    customer_id: p.text(),
    name: p.text(),
    type: p.text(),
    value: p.text(),
    version: p.integer().version(),
  },
});

/** An attribute as stored. */
export type StoredAttribute = InferEntity<typeof CustomerAttributeSchema>;

/** @throws ObpFailure OBP-30069 */
export function attributeUnknown(): never {
  return fail(Failure.FAILURE_CUSTOMER_ATTRIBUTE_NOT_FOUND);
}

import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import { SecondsType, TextListType } from '@platform/persistence';

/** An address where a customer lives or can be reached. Texts are stored unchanged. */
export const AddressSchema = defineEntity({
  name: 'Address',
  tableName: 'customer_address',
  properties: {
    bank_id: p.text().primary(),
    /** Version 7, so ids are in the order of creation. */
    customer_address_id: p.text().primary(),
    customer_id: p.text(),
    line_1: p.text(),
    line_2: p.text(),
    line_3: p.text(),
    city: p.text(),
    county: p.text(),
    state: p.text(),
    postcode: p.text(),
    country_code: p.text(),
    tags: p.type(TextListType),
    status: p.text(),
    /** insert_date in responses. */
    created_at: p.type(SecondsType),
    updated_at: p.type(SecondsType),
    version: p.integer().version(),
  },
});

export type Address = InferEntity<typeof AddressSchema>;

/** @throws ObpFailure OBP-30310 */
export function addressUnknown(): never {
  return fail(Failure.FAILURE_CUSTOMER_ADDRESS_NOT_FOUND);
}

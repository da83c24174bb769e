import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import type { AccountAttribute } from '@platform/messages';
import { SecondsType } from '@platform/persistence';

/** A typed name-value pair of an account. */
export const AccountAttributeSchema = defineEntity({
  name: 'AccountAttribute',
  tableName: 'account_attribute',
  properties: {
    bank_id: p.text().primary(),
    account_id: p.text().primary(),
    account_attribute_id: p.text().primary(),
    product_code: p.text(),
    /** Empty when none was given. */
    product_instance_code: p.text(),
    name: p.text(),
    type: p.text(),
    value: p.text(),
    created_at: p.type(SecondsType),
  },
});

export function accountAttribute(row: InferEntity<typeof AccountAttributeSchema>): AccountAttribute {
  const { product_code, account_attribute_id, name, type, value, product_instance_code } = row;
  return { product_code, account_attribute_id, name, type, value, product_instance_code };
}

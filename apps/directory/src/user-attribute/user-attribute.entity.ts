import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { SecondsType } from '@platform/persistence';

/** A typed name-value pair of a user: personal attributes belong to the user, the others are kept by staff. */
export const UserAttributeSchema = defineEntity({
  name: 'UserAttribute',
  tableName: 'user_attribute',
  properties: {
    user_id: p.text().primary(),
    user_attribute_id: p.text().primary(),
    name: p.text(),
    type: p.text(),
    value: p.text(),
    is_personal: p.boolean(),
    insert_date: p.type(SecondsType),
  },
});

export type UserAttributeRecord = InferEntity<typeof UserAttributeSchema>;

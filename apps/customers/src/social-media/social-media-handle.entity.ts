import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { SecondsType } from '@platform/persistence';

/** A customer's name on another platform; a customer may have several, also of one type. */
export const SocialMediaHandleSchema = defineEntity({
  name: 'SocialMediaHandle',
  tableName: 'social_media_handle',
  properties: {
    bank_id: p.text().primary(),
    /** Version 7, so ids are in the order of creation. */
    social_media_handle_id: p.text().primary(),
    customer_id: p.text(),
    type: p.text(),
    handle: p.text(),
    date_added: p.type(SecondsType).nullable(),
    date_activated: p.type(SecondsType).nullable(),
    created_at: p.type(SecondsType),
  },
});

export type SocialMediaHandle = InferEntity<typeof SocialMediaHandleSchema>;

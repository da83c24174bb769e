import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';
import { SecondsType } from '@platform/persistence';

/** A contact between a bank and a person; the person is only named in text. */
export const CrmEventSchema = defineEntity({
  name: 'CrmEvent',
  tableName: 'crm_event',
  properties: {
    bank_id: p.text().primary(),
    crm_event_id: p.text().primary(),
    /** In the order of creation. The id need not be, because clients may choose it. */
    place: p.text(),
    customer_name: p.text(),
    customer_number: p.text(),
    category: p.text(),
    detail: p.text(),
    channel: p.text(),
    scheduled_date: p.type(SecondsType).nullable(),
    actual_date: p.type(SecondsType).nullable(),
    result: p.text(),
    created_at: p.type(SecondsType),
  },
});

export type CrmEvent = InferEntity<typeof CrmEventSchema>;

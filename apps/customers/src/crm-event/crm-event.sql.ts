import type { Statement } from '@platform/persistence';
import type { CrmEvent } from './crm-event.entity.js';

const columns = [
  'crm_event_id',
  'bank_id',
  'customer_name',
  'customer_number',
  'category',
  'detail',
  'channel',
  'scheduled_date',
  'actual_date',
  'result',
  'place',
] as const satisfies readonly (keyof CrmEvent)[];

/** A stored event: the columns that queries select and entities have. */
export type CrmEventRow = Readonly<Pick<CrmEvent, (typeof columns)[number]>>;

/** A bank's ($1) events after the place $2, $3 of them, oldest first. */
export const crmEventList: Statement = {
  name: 'crm_event_list',
  text: `
    select ${columns.join(', ')}
    from crm_event
    where bank_id = $1 and place > $2::text
    order by place
    limit $3::int`,
};

/** The event of a bank ($1) with the id $2. */
export const crmEventById: Statement = {
  name: 'crm_event_by_id',
  text: `select ${columns.join(', ')} from crm_event where bank_id = $1 and crm_event_id = $2`,
};

import type { CrmEventV140 } from '@platform/messages';
import type { CrmEventRow } from './crm-event.sql.js';

export function crmEventV140(row: CrmEventRow): CrmEventV140 {
  return {
    id: row.crm_event_id,
    bank_id: row.bank_id,
    customer_name: row.customer_name,
    customer_number: row.customer_number,
    category: row.category,
    detail: row.detail,
    channel: row.channel,
    scheduled_date: row.scheduled_date,
    actual_date: row.actual_date,
    result: row.result,
  };
}

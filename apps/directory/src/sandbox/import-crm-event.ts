import { readDateTime } from '@platform/input';
import type { CreateCrmEventRequest, SandboxCrmEvent } from '@platform/messages';
import { checkItem, checkNewId, checkUnique, noDate, refuse, required } from './import-fault.js';

/** The same limits as in the customers service, so that it accepts every imported event. */
const limits = { detail: 1024 };

/**
 * Checks the CRM events of an import. Their customers are only text and need not exist.
 * @throws ObpFailure OBP-10001 naming the place
 */
export function checkCrmEvents(events: readonly SandboxCrmEvent[]): void {
  events.forEach((event, index) => {
    const place = `crm_events[${index}]`;
    required(`${place}.customer`, event.customer);
    checkItem(place, event, limits);
    checkNewId(`${place}.id`, event.id);
    if (readDateTime(event.actual_date) === undefined) refuse(`${place}.actual_date`, noDate);
  });
  checkUnique('crm_events', events, 'id', ({ bank_id, id }) => `${bank_id}/${id}`);
}

/** Converts an imported event to the request of the customers service. */
export function crmEventRequest({
  id,
  bank_id,
  customer,
  category,
  detail,
  channel,
  actual_date,
}: SandboxCrmEvent): CreateCrmEventRequest {
  return {
    id,
    bank_id,
    customer_name: customer?.name ?? '',
    customer_number: customer?.number ?? '',
    category,
    detail,
    channel,
    scheduled_date: null,
    actual_date: readDateTime(actual_date) ?? null,
    result: '',
  };
}

import { isDeepStrictEqual } from 'node:util';
import { invalidBody } from '@platform/failure';
import { type Call, type Implementation, messagesOf } from '@platform/grpc';
import type { CrmEventServiceDefinition, CrmEventV140 } from '@platform/messages';
import { pagesOf } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import type { JournaledParts } from '@platform/service';
import { v7 } from 'uuid';
import { type CrmEvent, CrmEventSchema } from './crm-event.entity.js';
import { crmEventV140 } from './crm-event.shape.js';
import { crmEventById, crmEventList, type CrmEventRow } from './crm-event.sql.js';

/** Rows fetched at once and sent in one message: with every text at its limit they stay below 4 MB. */
const eventRows = 250;

/** Contacts of a bank with its customers. */
export function crmEvents({
  journal,
  reader,
  clock,
}: Pick<JournaledParts, 'journal' | 'reader' | 'clock'>): Implementation<CrmEventServiceDefinition> {
  const insertion = journal.insertion(CrmEventSchema, { unique: ['bank_id', 'crm_event_id'] });
  return {
    getCrmEvents: ({ bank_id }) => {
      const events = pagesOf<CrmEventRow>(eventRows, (last, rows) =>
        reader.page({ ...crmEventList, values: [bank_id, last?.place ?? '', rows] }),
      );
      return messagesOf(events, (rows) => ({ crm_events: rows.map(crmEventV140) }));
    },
    async createCrmEvent({ id, scheduled_date = null, actual_date = null, bank_id, ...texts }, call) {
      const { customer_name, customer_number, category, detail, channel, result } = texts;
      const place = v7();
      return keep(call, {
        bank_id,
        crm_event_id: id ?? place,
        place,
        customer_name,
        customer_number,
        category,
        detail,
        channel,
        scheduled_date,
        actual_date,
        result,
        created_at: wireTime(clock()),
      });
    },
  };

  /** An event that was already stored is accepted again; a different event with the same id is refused. */
  async function keep(call: Call, event: CrmEvent): Promise<CrmEventV140> {
    const wanted = crmEventV140(event);
    if ((await journal.insert(insertion, event, call)) === 'stored') return wanted;
    const rows = await reader.rows<CrmEventRow>({ ...crmEventById, values: [event.bank_id, event.crm_event_id] });
    if (!rows.map(crmEventV140).some((known) => isDeepStrictEqual(known, wanted)))
      invalidBody('The bank has another CRM event of that id.');
    return wanted;
  }
}

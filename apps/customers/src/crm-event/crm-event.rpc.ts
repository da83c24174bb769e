import { isDeepStrictEqual } from 'node:util';
import { invalidBody } from '@platform/failure';
import { type Implementation, messagesOf } from '@platform/grpc';
import type { CrmEventServiceDefinition, CrmEventV140 } from '@platform/messages';
import { autocommit, pagesOf } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import type { ServiceParts } from '@platform/service';
import { v7 } from 'uuid';
import { type CrmEvent, CrmEventSchema } from './crm-event.entity.js';
import { crmEventV140 } from './crm-event.shape.js';
import { crmEventById, crmEventList, type CrmEventRow } from './crm-event.sql.js';

/** Rows fetched at once and sent in one message: with every text at its limit they stay below 4 MB. */
const eventRows = 250;

/** Contacts of a bank with its customers. */
export function crmEvents({
  orm,
  reader,
  clock,
}: Pick<ServiceParts, 'orm' | 'reader' | 'clock'>): Implementation<CrmEventServiceDefinition> {
  return {
    getCrmEvents: ({ bank_id }) => {
      const events = pagesOf<CrmEventRow>(eventRows, (last, rows) =>
        reader.page({ ...crmEventList, values: [bank_id, last?.place ?? '', rows] }),
      );
      return messagesOf(events, (rows) => ({ crm_events: rows.map(crmEventV140) }));
    },
    async createCrmEvent({ id, scheduled_date = null, actual_date = null, bank_id, ...texts }) {
      const { customer_name, customer_number, category, detail, channel, result } = texts;
      const place = v7();
      return keep({
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
  async function keep(event: CrmEvent): Promise<CrmEventV140> {
    const wanted = crmEventV140(event);
    const { affectedRows } = await autocommit<{ affectedRows: number }>(orm, {}, (em) =>
      em
        .createQueryBuilder(CrmEventSchema)
        .insert(event)
        .onConflict(['bank_id', 'crm_event_id'])
        .ignore()
        .execute('run'),
    );
    if (affectedRows > 0) return wanted;
    const rows = await reader.rows<CrmEventRow>({ ...crmEventById, values: [event.bank_id, event.crm_event_id] });
    if (!rows.map(crmEventV140).some((known) => isDeepStrictEqual(known, wanted)))
      invalidBody('The bank has another CRM event of that id.');
    return wanted;
  }
}

import type { EntityManager } from '@mikro-orm/postgresql';
import type { SandboxCrmEvent } from '@platform/messages';
import type { Statement } from '@platform/persistence';
import type { ImportedRecord } from './imported-record.js';

/** A bank's ($1) imported records of a kind ($2) after the place $3, $4 of them. */
export const importedRecordList: Statement = {
  name: 'imported-record-list',
  text: `
    select place, data
    from imported_record
    where bank_id = $1 and kind = $2 and place > $3::integer
    order by place
    limit $4::integer`,
};

export async function insertRecords(
  em: EntityManager,
  records: readonly ImportedRecord[],
  created_at: string,
): Promise<void> {
  await em.execute(
    `insert into imported_record (bank_id, kind, record_id, place, data, created_at)
     select bank_id, kind, record_id, place, data, ?::timestamptz from json_to_recordset(?::json) as given (bank_id text, kind text, record_id text, place integer, data jsonb)`,
    [created_at, JSON.stringify(records)],
  );
}

type EventKey = Pick<SandboxCrmEvent, 'bank_id' | 'id'>;

/** Those of the events' banks that exist, each with the place after its last event. */
export function banksOfEvents(
  em: EntityManager,
  events: readonly EventKey[],
): Promise<{ bank_id: string; next: number }[]> {
  return em.execute(
    `
    select bank.bank_id, coalesce(max(r.place) + 1, 0) as next
    from bank
    left join imported_record r on r.bank_id = bank.bank_id and r.kind = 'crm_event'
    where bank.bank_id in (select bank_id from json_to_recordset(?::json) as given (bank_id text))
    group by bank.bank_id`,
    [JSON.stringify(events)],
  );
}

/** Those of the events that their bank has already. */
export function takenEvents(
  em: EntityManager,
  events: readonly EventKey[],
): Promise<{ bank_id: string; record_id: string }[]> {
  return em.execute(
    `select r.bank_id, r.record_id from json_to_recordset(?::json) as given (bank_id text, id text)
     join imported_record r on r.bank_id = given.bank_id and r.kind = 'crm_event' and r.record_id = given.id`,
    [JSON.stringify(events)],
  );
}

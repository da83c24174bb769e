import type { EntityManager } from '@mikro-orm/postgresql';
import type { Query } from '@platform/persistence';
import type { EventRow } from './event.shape.js';

const columns =
  'bank_id, position, entry_id, kind, record_id, version, subject, action, operation, user_id, consumer_id, correlation_id, occurred_at, fields, "values"';

/** A bank's events after a position, at most `limit`. */
export function eventsOfBank(bank_id: string, after: number, limit: number): Query {
  return {
    name: 'events_of_bank',
    text: `select ${columns} from event where bank_id = $1 and position > $2 order by position limit $3`,
    values: [bank_id, after, limit],
  };
}

/** The same, of some kinds only. */
export function eventsOfKinds(bank_id: string, kinds: readonly string[], after: number, limit: number): Query {
  return {
    name: 'events_of_kinds',
    text: `
      select ${columns} from event
      where bank_id = $1 and position > $2 and kind = any($4) order by position limit $3`,
    values: [bank_id, after, limit, kinds],
  };
}

/** The events of all banks after a position, at most `limit`. */
export function eventsAfter(after: number, limit: number): Query {
  return {
    name: 'events_after',
    text: `select ${columns} from event where position > $1 order by position limit $2`,
    values: [after, limit],
  };
}

/** Appends the rows, which must be in the order of their positions. */
export async function insertEvents(em: EntityManager, rows: readonly EventRow[]): Promise<void> {
  await em.execute(
    `
    insert into event (${columns})
    select ${columns} from json_to_recordset(?::json) as row (
      bank_id text, position bigint, entry_id text, kind text, record_id text, version integer, subject text,
      action text, operation text, user_id text, consumer_id text, correlation_id text, occurred_at text,
      fields jsonb, "values" text)`,
    [JSON.stringify(rows)],
  );
}

/** A customer of a bank. */
export interface Subject {
  readonly bank_id: string;
  readonly subject: string;
}

/** Removes what was and became from all events about the subjects. */
export async function eraseValues(em: EntityManager, subjects: readonly Subject[]): Promise<void> {
  for (const { bank_id, subject } of subjects)
    await em.execute('update event set "values" = null where bank_id = ? and subject = ? and "values" is not null', [
      bank_id,
      subject,
    ]);
}

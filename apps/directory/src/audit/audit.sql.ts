import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditEvent, GetAuditEventsRequest } from '@platform/messages';
import type { Query } from '@platform/persistence';

const longest = 255;

/** Adds events; an event that already exists stays unchanged. */
export async function insertEvents(em: EntityManager, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  await em.execute(
    `insert into audit.event (event_id, occurred_at, kind, operation_id, user_id, consumer_id, bank_id, subject, role, result, count, correlation_id)
     select event_id, occurred_at, kind, operation_id, user_id, consumer_id, bank_id, subject, role, result, count, correlation_id
     from json_to_recordset(?::json) as given (
       event_id text, occurred_at timestamptz, kind text, operation_id text, user_id text, consumer_id text, bank_id text, subject text, role text,
       result text, count integer, correlation_id text)
     on conflict (event_id) do nothing`,
    [JSON.stringify(events.map(storable))],
  );
}

/** Makes an event acceptable for the columns: one bad event must not block the others. */
function storable(event: AuditEvent): Record<string, string | number> {
  const texts = Object.entries(event).map(([name, value]: [string, string | number]): [string, string | number] => [
    name,
    typeof value === 'string' ? storableText(value) : value,
  ]);
  return Object.fromEntries(texts);
}

/** Shortened, and without characters that PostgreSQL refuses; also without half a character at the cut. */
function storableText(text: string): string {
  return text
    .replaceAll('\0', '')
    .slice(0, longest)
    .replace(/\p{Surrogate}/gu, '');
}

const columns = `
  event_id, to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as occurred_at, kind, operation_id, user_id, consumer_id, bank_id,
  subject, role, result, count, correlation_id`;

/** The newest events that match the request and are older than `before`. */
export function eventsBefore(request: GetAuditEventsRequest, before: string | undefined, rows: number): Query {
  const wanted: [condition: string, value: string | null | undefined][] = [
    ['event_id <', before],
    ['event_id >=', request.from_date && idAt(Date.parse(request.from_date))],
    // Includes the whole second: dates in messages have no fractions.
    ['event_id <', request.to_date && idAt(Date.parse(request.to_date) + 1_000)],
    ['user_id =', request.user_id],
    ['operation_id =', request.operation_id],
    ['result =', request.result],
  ];
  const asked = wanted.filter((one): one is [string, string] => typeof one[1] === 'string' && one[1] !== '');
  const conditions = asked.map(([condition], index) => `${condition} $${index + 1}`);
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  return {
    text: `select ${columns} from audit.event ${where} order by event_id desc limit ${rows}`,
    values: asked.map(([, value]) => value),
  };
}

/** The lowest id that an event of that moment can have: a UUID of version 7 begins with its time. */
function idAt(milliseconds: number): string {
  const digits = Math.max(0, milliseconds).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}`;
}

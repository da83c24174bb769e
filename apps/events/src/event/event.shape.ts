import type { CustomerEvent } from '@platform/messages';

/** A row of the log. */
export interface EventRow {
  readonly bank_id: string;
  readonly position: number;
  readonly entry_id: string;
  readonly kind: string;
  readonly record_id: string;
  readonly version: number;
  readonly subject: string;
  readonly action: string;
  readonly operation: string;
  readonly user_id: string;
  readonly consumer_id: string;
  readonly correlation_id: string;
  /** 2013-01-21T23:08:00.000Z */
  readonly occurred_at: string;
  readonly fields: readonly string[];
  /** JSON {"was":{…},"became":{…}}; null when it was not stored or is erased. */
  readonly values: string | null;
}

/** The CloudEvent of a row: in JSON, and as a message. */
export function cloudEvent(row: EventRow): CustomerEvent {
  const { bank_id, kind, record_id, version, action, operation, user_id, consumer_id, correlation_id } = row;
  return {
    specversion: '1.0',
    id: row.entry_id,
    source: `/banks/${bank_id}`,
    type: `${kind}.${action}`,
    subject: row.subject,
    time: row.occurred_at,
    datacontenttype: 'application/json',
    sequence: sequenceOf(row.position),
    data: {
      bank_id,
      kind,
      record_id,
      version,
      action,
      operation,
      user_id,
      consumer_id,
      correlation_id,
      fields: [...row.fields],
      values: row.values === null ? null : (JSON.parse(row.values) as Record<string, unknown>),
    },
  };
}

/** A position as a text that sorts like it: 16 digits hold every integer of JavaScript. */
export function sequenceOf(position: number): string {
  return String(position).padStart(16, '0');
}

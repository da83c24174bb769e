import type { EntityManager } from '@mikro-orm/postgresql';
import type { Query } from '@platform/persistence';
import type { EventRow } from '../event/event.shape.js';

type Key = readonly [bank_id: string, webhook_id: string];

/** An event that waits for another attempt. */
export interface DueRow extends EventRow {
  readonly attempts: number;
  /** Milliseconds since the first attempt; 0 before it. */
  readonly tried_ms: number;
}

/**
 * The deliveries whose pause is over, at most one for each subject: its earliest. Those that wait longest come first.
 * @param anyPause also those whose pause is not over
 */
export function dueDeliveries([bank_id, webhook_id]: Key, limit: number, anyPause: boolean): Query {
  return {
    name: 'due_deliveries',
    text: `
      select event.*, first.attempts,
        coalesce(extract(epoch from now() - first.tried_since) * 1000, 0)::float8 as tried_ms
      from (
        select distinct on (subject) position, attempts, tried_since, available_at
        from delivery where bank_id = $1 and webhook_id = $2 and not is_dead
        order by subject, position) as first
      join event on event.bank_id = $1 and event.position = first.position
      where $4::boolean or first.available_at <= now()
      order by first.available_at limit $3`,
    values: [bank_id, webhook_id, limit, anyPause],
  };
}

/** The number of deliveries that wait, and which of the subjects they are about. */
export function waitingFor([bank_id, webhook_id]: Key, subjects: readonly string[]): Query {
  return {
    name: 'waiting_for',
    text: `
      select distinct subject from delivery
      where bank_id = $1 and webhook_id = $2 and not is_dead and subject = any($3)`,
    values: [bank_id, webhook_id, subjects],
  };
}

export function countWaiting([bank_id, webhook_id]: Key): Query {
  return {
    name: 'count_waiting',
    text: `
      select count(*)::int as waiting from delivery where bank_id = $1 and webhook_id = $2 and not is_dead`,
    values: [bank_id, webhook_id],
  };
}

/** An event that was not accepted, or not sent because an earlier one of its subject was not. */
export interface Parked {
  readonly position: number;
  readonly subject: string;
  readonly attempts: number;
  readonly pause_ms: number;
  readonly error: string | null;
}

/**
 * Moves a webhook's position over a part of the log, of which the parked events wait. Nothing happens when the webhook
 * is gone.
 */
export async function moveOver(
  em: EntityManager,
  [bank_id, webhook_id]: Key,
  position: number,
  parked: readonly Parked[],
): Promise<void> {
  const moved = await em.execute<unknown[]>(
    'update webhook set position = greatest(position, ?) where bank_id = ? and webhook_id = ? returning 1',
    [position, bank_id, webhook_id],
  );
  if (moved.length === 0 || parked.length === 0) return;
  await em.execute(
    `
    insert into delivery (bank_id, webhook_id, position, subject, attempts, tried_since, available_at, last_error)
    select ?, ?, position, subject, attempts, case when attempts > 0 then now() end,
      now() + pause_ms * interval '1 millisecond', error
    from json_to_recordset(?::json) as row (
      position bigint, subject text, attempts integer, pause_ms float8, error text)
    on conflict do nothing`,
    [bank_id, webhook_id, JSON.stringify(parked)],
  );
}

export async function accepted(em: EntityManager, [bank_id, webhook_id]: Key, position: number): Promise<void> {
  await em.execute('delete from delivery where bank_id = ? and webhook_id = ? and position = ?', [
    bank_id,
    webhook_id,
    position,
  ]);
}

/** Another attempt has failed. */
export interface Refusal {
  readonly position: number;
  readonly pause_ms: number;
  readonly error: string;
  /** It is not tried again. */
  readonly isLast: boolean;
}

export async function refused(em: EntityManager, [bank_id, webhook_id]: Key, refusal: Refusal): Promise<void> {
  const { position, pause_ms, error, isLast } = refusal;
  await em.execute(
    `
    update delivery set attempts = attempts + 1, tried_since = coalesce(tried_since, now()), last_error = ?,
      is_dead = ?, available_at = now() + ? * interval '1 millisecond'
    where bank_id = ? and webhook_id = ? and position = ?`,
    [error, isLast, pause_ms, bank_id, webhook_id, position],
  );
}

/** The receiver is there again: nothing that waits has to wait longer. */
export async function endPauses(em: EntityManager, [bank_id, webhook_id]: Key): Promise<void> {
  await em.execute(
    'update delivery set available_at = now() where bank_id = ? and webhook_id = ? and not is_dead and available_at > now()',
    [bank_id, webhook_id],
  );
}

/** @param error null after an accepted event */
export async function setLastError(em: EntityManager, [bank_id, webhook_id]: Key, error: string | null): Promise<void> {
  await em.execute(
    'update webhook set last_error = ? where bank_id = ? and webhook_id = ? and last_error is distinct from ?',
    [error, bank_id, webhook_id, error],
  );
}

import type { DeadLetter, EventWebhook } from '@platform/messages';
import { cloudEvent, type EventRow, sequenceOf } from '../event/event.shape.js';

/** A webhook with what waits for it. */
export interface WebhookRow {
  readonly bank_id: string;
  readonly webhook_id: string;
  readonly url: string;
  readonly kinds: string[];
  readonly is_enabled: boolean;
  readonly position: number;
  readonly waiting: number;
  readonly dead_letters: number;
  readonly last_error: string | null;
}

export function eventWebhook({ position, ...row }: WebhookRow): EventWebhook {
  return { ...row, position: sequenceOf(position) };
}

/** An event that a receiver has not accepted. */
export interface DeadLetterRow extends EventRow {
  readonly attempts: number;
  readonly last_error: string | null;
}

export function deadLetter(row: DeadLetterRow): DeadLetter {
  return { event: cloudEvent(row), attempts: row.attempts, last_error: row.last_error ?? '' };
}

import type { MikroORM } from '@mikro-orm/postgresql';
import { autocommit, command, type Reader } from '@platform/persistence';
import { cloudEvent, type EventRow } from '../event/event.shape.js';
import { eventsOfBank, eventsOfKinds } from '../event/event.sql.js';
import type { LogEnd } from '../event/log.js';
import { bySubject } from './by-subject.js';
import {
  accepted,
  countWaiting,
  type DueRow,
  dueDeliveries,
  endPauses,
  moveOver,
  type Parked,
  refused,
  setLastError,
  waitingFor,
} from './delivery.sql.js';
import { patience_ms, pauseAfter } from './pause.js';
import type { Poster } from './post.js';
import type { SecretBox } from './sealed-secret.js';
import { signatureHeaders } from './signature.js';
import type { Receiver } from './webhook.sql.js';

/** Requests to one receiver at the same time. */
const atOnce = 8;
const windowSize = 100;
/** With so many events that wait, no new ones are begun. */
const mostWaiting = 1_000;
/** When it has refused events of so many subjects and accepted none in between, the receiver counts as down. */
const downAfter = 10;
/** Then one waiting and one new event are tried, each time after this pause. */
const downPause_ms = 5_000;
/** So far the log may be read without storing that, if nothing in it is for the receiver. */
const unstored = 10_000;

export interface DeliveringOptions {
  readonly orm: MikroORM;
  readonly reader: Reader;
  readonly end: LogEnd;
  readonly poster: Poster;
  readonly box: SecretBox;
  /** Whether this process may still begin something for the webhook. */
  readonly isMine: () => boolean;
}

/** Sends events to one receiver. */
export interface Delivering {
  /** Sends what is due now. @returns how long to pause before the next step, in milliseconds */
  step(receiver: Receiver): Promise<number>;
}

/**
 * Sends the log to a receiver, window after window. An event that is not accepted is parked, together with the later
 * ones of its subject, and tried again after a pause; the others go on. The position moves when a whole window was
 * accepted or parked: what was accepted of a window before a crash is sent again.
 */
export function createDelivering(options: DeliveringOptions): Delivering {
  const { orm, reader, end, poster, box, isMine } = options;
  const refusing = new Set<string>();
  const isDown = (): boolean => refusing.size >= downAfter;
  /** Where the log was read to; the stored position follows with the next window that has events. */
  let readTo = 0;
  let lastError: string | null | undefined;

  const attempt = async (receiver: Receiver, row: EventRow): Promise<string | undefined> => {
    const body = JSON.stringify(cloudEvent(row));
    const secrets = secretsOf(receiver, box);
    if (secrets === undefined) return 'its secret was sealed under another CALLER_SECRET: rotate it';
    const signed = signatureHeaders({ id: row.entry_id, timestamp: Math.floor(Date.now() / 1_000), body }, secrets);
    const error = await poster.post(
      receiver.url,
      { 'content-type': 'application/cloudevents+json', 'user-agent': 'customer-platform', ...signed },
      body,
    );
    if (error === undefined) refusing.clear();
    else refusing.add(row.subject);
    return error;
  };
  const tell = async (receiver: Receiver, error: string | null): Promise<void> => {
    if (error === lastError) return;
    await autocommit(orm, {}, (em) => setLastError(em, keyOf(receiver), error));
    lastError = error;
  };
  const retry = async (receiver: Receiver, row: DueRow): Promise<boolean> => {
    if (!isMine()) return false;
    const wasDown = isDown();
    const error = await attempt(receiver, row);
    const key = keyOf(receiver);
    await tell(receiver, error ?? null);
    if (error !== undefined) {
      const isLast = row.tried_ms > patience_ms;
      const refusal = { position: row.position, pause_ms: pauseAfter(row.attempts + 1), error, isLast };
      await autocommit(orm, {}, (em) => refused(em, key, refusal));
      return false;
    }
    await autocommit(orm, {}, (em) => accepted(em, key, row.position));
    if (wasDown) await autocommit(orm, {}, (em) => endPauses(em, key));
    return true;
  };
  /** @returns the number of events that were in it */
  const window = async (receiver: Receiver, size: number): Promise<number> => {
    const { bank_id, kinds } = receiver;
    const after = Math.max(receiver.position, readTo);
    const last = await end.position();
    const rows = await reader.page<EventRow>(
      kinds.length === 0 ? eventsOfBank(bank_id, after, size) : eventsOfKinds(bank_id, kinds, after, size),
    );
    const final = rows.length < size ? Math.max(last, after) : (rows.at(-1) as EventRow).position;
    if (rows.length > 0 || final - receiver.position > unstored) {
      const parked = await send(receiver, rows);
      if (!isMine()) return 0;
      await command(orm, {}, (em) => moveOver(em, keyOf(receiver), final, parked));
    }
    readTo = final;
    return rows.length;
  };
  const send = async (receiver: Receiver, rows: readonly EventRow[]): Promise<Parked[]> => {
    if (rows.length === 0) return [];
    const subjects = [...new Set(rows.map(({ subject }) => subject))];
    const wasDown = isDown();
    const waiting = await reader.page<{ subject: string }>(waitingFor(keyOf(receiver), subjects));
    const held = new Set(waiting.map(({ subject }) => subject));
    const parked: Parked[] = [];
    const park = ({ position, subject }: EventRow, attempts: number, error: string | null): void =>
      void parked.push({ position, subject, attempts, error, pause_ms: attempts === 0 ? 0 : pauseAfter(attempts) });
    const left = await bySubject(rows, atOnce, async (row) => {
      // Once the receiver is down, the rest of the window waits too.
      if (held.has(row.subject) || (isDown() && !wasDown) || !isMine()) {
        park(row, 0, null);
        return false;
      }
      const error = await attempt(receiver, row);
      if (error !== undefined) park(row, 1, error);
      return error === undefined;
    });
    left.forEach((row) => park(row, 0, null));
    if (wasDown && !isDown()) await autocommit(orm, {}, (em) => endPauses(em, keyOf(receiver)));
    await tell(receiver, parked.find(({ error }) => error !== null)?.error ?? null);
    return parked;
  };
  return {
    async step(receiver) {
      const key = keyOf(receiver);
      const wasDown = isDown();
      const size = wasDown ? 1 : windowSize;
      const due = await reader.page<DueRow>(dueDeliveries(key, size, wasDown));
      await bySubject(due, atOnce, (row) => retry(receiver, row));
      if (due.length > 0 && !isDown()) return 0;
      const [count] = await reader.page<{ waiting: number }>(countWaiting(key));
      const isFull = (count?.waiting ?? 0) >= mostWaiting;
      const sent = isFull ? 0 : await window(receiver, size);
      if (isDown()) return downPause_ms;
      if (isFull || sent === size) return isFull ? 1_000 : 0;
      await end.beyond(readTo, 1_000);
      return 0;
    },
  };
}

function secretsOf({ secret, former_secret }: Receiver, box: SecretBox): string[] | undefined {
  try {
    return [box.open(secret), ...(former_secret === null ? [] : [box.open(former_secret)])];
  } catch {
    return undefined;
  }
}

function keyOf({ bank_id, webhook_id }: Receiver): readonly [string, string] {
  return [bank_id, webhook_id];
}

import type { AuditEvent } from '@platform/messages';
import type { Clock, Logger } from '@platform/runtime';
import { type AuditedCall, eventOf, type Outcome, succeeded } from './audit-event.js';
import { openAuditLog } from './audit-log.js';
import { createEventQueue, type EventQueueOptions } from './event-queue.js';
import { createRepeats } from './repeats.js';

/** The security events of a process. The caller neither waits for it nor fails because of it. */
export interface Trail {
  /**
   * Writes the event's line and queues the event to be stored. Equal failures that follow each other become one event
   * with their count.
   */
  record(auditedCall: AuditedCall, outcome: Outcome): void;
  /** Writes the line of an event that is already stored, in the same transaction as the change it describes. */
  stored(event: AuditEvent): void;
  close(): Promise<void>;
}

export interface TrailOptions extends Pick<EventQueueOptions, 'store'> {
  /** The setting AUDIT_LOG. */
  readonly target: string;
  readonly log: Logger;
  readonly clock: Clock;
}

const sweep_ms = 1_000;

/** @throws ConfigurationError when the audit log's file cannot be opened */
export function createTrail({ target, store, log, clock }: TrailOptions): Trail {
  const lines = openAuditLog(target, log);
  const queue = createEventQueue({ store, log, clock });
  const emit = (event: AuditEvent) => {
    lines.write(event);
    queue.push(event);
  };
  const repeats = createRepeats({ emit, clock });
  const sweeping = setInterval(() => repeats.sweep(), sweep_ms).unref();
  return {
    record(auditedCall, outcome) {
      const event = eventOf(auditedCall, outcome, clock());
      if (event.result === succeeded) emit(event);
      else repeats.take(event);
    },
    stored: (event) => lines.write(event),
    async close() {
      clearInterval(sweeping);
      repeats.flush();
      await queue.close();
      await lines.close();
    },
  };
}

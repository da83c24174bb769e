import type { MikroORM } from '@mikro-orm/postgresql';
import { autocommit, isPassing } from '@platform/persistence';
import type { Logger } from '@platform/runtime';
import type { Leases } from '../lease/leases.js';
import { createLoop, type Loop } from '../loop.js';
import { deleteOldDeadLetters, deleteOldEvents, disableLateWebhooks } from './retention.sql.js';

const leaseName = 'retention';
const look_ms = 60_000;
const atOnce = 5_000;

export interface RetentionOptions {
  readonly orm: MikroORM;
  readonly log: Logger;
  readonly leases: Leases;
  readonly days: number;
  /** Whether events are published to NATS: then they stay until they were. */
  readonly publishes: boolean;
}

/**
 * Deletes events when they have been kept long enough and every sink has dealt with them. A webhook that has accepted
 * nothing for as long is disabled, so that the log does not grow for ever.
 */
export function createRetention({ orm, log, leases, days, publishes }: RetentionOptions): Loop {
  const forget = async (): Promise<void> => {
    const disabled = await autocommit(orm, {}, (em) => disableLateWebhooks(em, days));
    for (const webhook of disabled) log.warn(webhook, 'a webhook is disabled: its receiver was down for too long');
    await autocommit(orm, {}, (em) => deleteOldDeadLetters(em, days));
    for (let deleted = atOnce; deleted === atOnce;)
      deleted = await autocommit(orm, {}, (em) => deleteOldEvents(em, { days, publishes, limit: atOnce }));
  };
  return createLoop(async () => {
    try {
      if (leases.has(leaseName) || (await leases.take(leaseName))) await forget();
    } catch (error) {
      if (!isPassing(error)) log.warn({ err: error }, 'old events cannot be deleted');
    }
    return look_ms;
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@platform/runtime';
import { isPassing } from './transaction.js';
import { isUnavailable } from './unavailable.js';

const pause_ms = 1_000;

/**
 * Repeats a start's work with the database until the database can be reached: processes may start in any order, and one
 * that gave up would only be restarted again and again. Errors that waiting cannot solve are thrown at once: a wrong
 * password, a missing right.
 */
export async function whenReachable<T>(log: Pick<Logger, 'warn'>, open: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!isUnavailable(error) && !isPassing(error)) throw error;
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'waiting for the database');
      await sleep(pause_ms);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@platform/runtime';
import { isPassing } from './transaction.js';
import { isUnavailable } from './unavailable.js';

const pause_ms = 1_000;

/**
 * Does what a start needs the database for, again and again until the database is there: processes may start in any order, and one that
 * gave up would be started again for ever. What time cannot heal is thrown at once: a wrong password, a right that is missing.
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

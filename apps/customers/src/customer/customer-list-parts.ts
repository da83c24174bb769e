import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { autocommit, command, isPassing } from '@platform/persistence';
import type { ServiceParts } from '@platform/service';
import { addChanges, banksToCount, cutLongPart, joinShortPart, lockParts } from './customer-list-parts.sql.js';

/** Finding a row reads all parts of its bank, then goes through one: about equal costs at a million customers. */
const partCustomers = 2_000;
/** Fewer uncounted changes than this cost a reader less than counting them would cost all. */
const fewChanges = 200;
const changesAtOnce = 10_000;
const pause_ms = 1_000;

export interface ListPartsOptions extends Pick<ServiceParts, 'orm' | 'log'> {
  /** Customers per part: at least a quarter of this, at most twice as many. */
  readonly size?: number;
}

/** Counts the changes of the banks' lists every second. Concurrent replicas work on different banks. */
export function createListParts({ orm, log, size = partCustomers }: ListPartsOptions): { close(): Promise<void> } {
  const closing = new AbortController();
  const round = async (): Promise<void> => {
    try {
      for (const bank_id of await autocommit(orm, {}, (em) => banksToCount(em, fewChanges, 2 * size))) {
        if (closing.signal.aborted) return;
        await countBank(orm, bank_id, size);
      }
    } catch (error) {
      // A failing database is logged elsewhere, and the next attempt comes soon.
      if (!isPassing(error)) log.warn({ err: error }, 'the lists of customers cannot be counted');
    }
  };
  const running = (async () => {
    while (!closing.signal.aborted) {
      await round();
      await sleep(pause_ms, undefined, closing).catch(() => undefined);
    }
  })();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

/**
 * Adds the changes of a bank's list to its parts, then merges short parts and splits long ones. Each step has its own
 * transaction, so that rows deleted in one step do not slow down the next.
 */
export async function countBank(orm: MikroORM, bank_id: string, size: number): Promise<void> {
  const alone = <T>(step: (em: EntityManager) => Promise<T>): Promise<T | undefined> =>
    command(orm, {}, async (em) => ((await lockParts(em, bank_id)) ? step(em) : undefined));
  for (let added: number | undefined = fewChanges; added !== undefined && added >= fewChanges;)
    added = await alone((em) => addChanges(em, bank_id, changesAtOnce));
  while (await alone((em) => joinShortPart(em, bank_id, size / 4)));
  while (await alone((em) => cutLongPart(em, bank_id, 2 * size, size)));
}

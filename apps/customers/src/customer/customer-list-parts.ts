import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { autocommit, command, isPassing } from '@platform/persistence';
import type { ServiceParts } from '@platform/service';
import { addChanges, banksToCount, cutLongPart, joinShortPart, lockParts } from './customer-list-parts.sql.js';

/** To find a row costs a look at every part of its bank, and then a walk through one: about the same at a million customers. */
const partCustomers = 2_000;
/** So few changes cost a reader less than counting them costs everybody. */
const fewChanges = 200;
const changesAtOnce = 10_000;
const pause_ms = 1_000;

export interface ListPartsOptions extends Pick<ServiceParts, 'orm' | 'log'> {
  /** Customers of a part: a quarter as many at least, twice as many at most. */
  readonly size?: number;
}

/** Counts what changes in the lists of banks, every second. Replicas that do so at the same time take different banks. */
export function createListParts({ orm, log, size = partCustomers }: ListPartsOptions): { close(): Promise<void> } {
  const closing = new AbortController();
  const round = async (): Promise<void> => {
    try {
      for (const bank_id of await autocommit(orm, {}, (em) => banksToCount(em, fewChanges, 2 * size))) {
        if (closing.signal.aborted) return;
        await countBank(orm, bank_id, size);
      }
    } catch (error) {
      // A database that is away has its own line, and the next look is soon.
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
 * Adds the changes of a bank's list to its parts, then sees to their length. Each step is a transaction: rows that one has deleted are
 * in the next one's way no more.
 */
export async function countBank(orm: MikroORM, bank_id: string, size: number): Promise<void> {
  const alone = <T>(step: (em: EntityManager) => Promise<T>): Promise<T | undefined> =>
    command(orm, {}, async (em) => ((await lockParts(em, bank_id)) ? step(em) : undefined));
  for (let added: number | undefined = fewChanges; added !== undefined && added >= fewChanges;)
    added = await alone((em) => addChanges(em, bank_id, changesAtOnce));
  while (await alone((em) => joinShortPart(em, bank_id, size / 4)));
  while (await alone((em) => cutLongPart(em, bank_id, 2 * size, size)));
}

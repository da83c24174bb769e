import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { type Author, destroyKey, type ErasedTable, removeRecords } from '@platform/journal';
import type { CustomerKey } from '@platform/messages';
import { command } from '@platform/persistence';

/** The most records removed by one statement, so that each statement ends before the statement timeout. */
const removedAtOnce = 10_000;

/**
 * Waits for every transaction that holds the customer, marks it as deleted, destroys its key and removes its records. May
 * be repeated, also after it was interrupted between two parts: once the mark is set, no record can be added.
 */
export async function forgetCustomer(
  orm: MikroORM,
  author: Author,
  key: CustomerKey,
  tables: readonly ErasedTable[],
): Promise<void> {
  for (let more = true; more;) {
    more = await command(orm, {}, async (em) => {
      await mark(em, key);
      await destroyKey(em, key);
      let full = false;
      for (const table of tables)
        if ((await removeRecords(em, author, key, table, removedAtOnce)) === removedAtOnce) full = true;
      return full;
    });
  }
}

async function mark(em: EntityManager, { bank_id, customer_id }: CustomerKey): Promise<void> {
  await em.execute(
    `
      insert into customer_presence (bank_id, customer_id, is_deleted)
      values (?, ?, true)
      on conflict (bank_id, customer_id) do update set is_deleted = true`,
    [bank_id, customer_id],
  );
}

import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { CustomerKey } from '@platform/messages';
import { command } from '@platform/persistence';

/** A table with records that belong to customers. */
export interface RecordTable {
  readonly table: string;
  /** The column with the record's own id. */
  readonly id: string;
  /** A condition where only some records belong to customers: "not is_agent". */
  readonly only?: string;
}

/** The most records removed by one statement, so that each statement ends before the statement timeout. */
const removedAtOnce = 10_000;

/**
 * Waits for every transaction that holds the customer, marks it as deleted and removes its records. May be repeated,
 * also after it was interrupted between two parts: once the mark is set, no record can be added.
 */
export async function forgetCustomer(orm: MikroORM, key: CustomerKey, tables: readonly RecordTable[]): Promise<void> {
  for (let more = true; more;) {
    more = await command(orm, {}, async (em) => {
      await mark(em, key);
      let full = false;
      for (const table of tables) if ((await removePart(em, key, table)) === removedAtOnce) full = true;
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

async function removePart(
  em: EntityManager,
  { bank_id, customer_id }: CustomerKey,
  { table, id, only = 'true' }: RecordTable,
): Promise<number> {
  const { affectedRows } = await em.execute<{ affectedRows: number }>(
    `
      delete from ${table}
      where bank_id = ?
        and ${id} in (select ${id} from ${table} where bank_id = ? and customer_id = ? and ${only} limit ?)`,
    [bank_id, bank_id, customer_id, removedAtOnce],
    'run',
  );
  return affectedRows;
}

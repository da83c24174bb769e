import type { EntityManager } from '@mikro-orm/postgresql';
import { type Author, authorColumnsOf } from './author.js';
import { addEntries, authorColumns } from './journal.sql.js';

/** A table with records that belong to subjects. */
export interface ErasedTable {
  readonly table: string;
  /** The column with the record's own id. */
  readonly id: string;
  /** A condition where only some records belong to customers: "not is_agent". */
  readonly only?: string;
  /** Whether its records have a version, because they change. */
  readonly versioned?: boolean;
}

/** The customer whose records are removed. */
export interface ErasedCustomer {
  readonly bank_id: string;
  readonly customer_id: string;
}

/** Destroys the customer's key, so that nobody can read what its entries contain. May be repeated. */
export async function destroyKey(em: EntityManager, { bank_id, customer_id }: ErasedCustomer): Promise<void> {
  await em.execute('delete from journal.key where bank_id = ? and subject = ?', [bank_id, customer_id]);
}

/**
 * Removes records of a customer, with an entry without values for each.
 * @param most the most records that are removed
 * @returns the number of removed records
 */
export async function removeRecords(
  em: EntityManager,
  author: Author,
  { bank_id, customer_id }: ErasedCustomer,
  { table, id, only = 'true', versioned = false }: ErasedTable,
  most: number,
): Promise<number> {
  const by = authorColumnsOf(author);
  const [row] = await em.execute<[{ removed: number }]>(
    `with removed as (
      delete from ${table}
      where bank_id = ? and ${id} in (select ${id} from ${table} where bank_id = ? and customer_id = ? and ${only} limit ?)
      returning bank_id, ${id} as record_id, customer_id, ${versioned ? 'version' : '1'} as version
    ),
    ${addEntries(`select bank_id, '${table}', record_id, version + 1, customer_id, 'deleted', ${authorColumns.map(() => '?::text').join(', ')},
      clock_timestamp(), '{}'::text[], null from removed order by record_id`)}
    select count(*)::int as removed from removed`,
    [bank_id, bank_id, customer_id, most, ...authorColumns.map((name) => by[name])],
  );
  return row.removed;
}

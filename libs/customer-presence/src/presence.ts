import type { EntityManager } from '@mikro-orm/postgresql';
import { customerUnknown } from '@platform/failure';
import type { CustomerKey } from '@platform/messages';

/**
 * What a migration creates: a row per customer that the service keeps records of, or that was deleted. Ids are never
 * used again, so a deleted customer's row stays for ever.
 */
export const customerPresenceTable = `create table customer_presence (
  bank_id text collate "C" not null,
  customer_id text collate "C" not null,
  is_deleted boolean not null,
  primary key (bank_id, customer_id)
)`;

/**
 * Keeps the customer's deletion out of this service until the command's transaction ends, so that what the transaction
 * adds is seen, and removed, by the deletion. The customers service is asked before; this closes the gap behind its answer.
 * @throws ObpFailure OBP-30046 when the deletion was here first
 */
export async function holdCustomer(em: EntityManager, { bank_id, customer_id }: CustomerKey): Promise<void> {
  const look = async (): Promise<{ is_deleted: boolean } | undefined> => {
    const rows = await em.execute<{ is_deleted: boolean }[]>('select is_deleted from customer_presence where bank_id = ? and customer_id = ? for share', [bank_id, customer_id]);
    return rows[0];
  };
  let presence = await look();
  if (presence === undefined) {
    await ensurePresence(em, { bank_id, customer_id });
    presence = await look();
  }
  if (presence?.is_deleted !== false) customerUnknown(customer_id);
}

/**
 * Adds a record of a customer, by one statement that also holds the customer: as safe as `holdCustomer` in a transaction,
 * without one. Customers that are deleted are not there to select from, and their deletion waits for whom it finds selecting.
 * @param record the columns of the table and their values
 * @throws ObpFailure OBP-30046 when the deletion was here first
 */
export async function insertRecord(em: EntityManager, table: string, record: CustomerKey & Readonly<Record<string, string | number | boolean>>): Promise<void> {
  const { bank_id, customer_id } = record;
  const columns = Object.keys(record);
  const text = `insert into ${table} (${columns.join(', ')}) select ${columns.map(() => '?').join(', ')}
    from customer_presence where bank_id = ? and customer_id = ? and not is_deleted for share returning true`;
  const insert = async (): Promise<boolean> => (await em.execute<unknown[]>(text, [...Object.values(record), bank_id, customer_id])).length > 0;
  if (await insert()) return;
  // Its first record here, unless it is deleted.
  await ensurePresence(em, record);
  if (!(await insert())) customerUnknown(customer_id);
}

async function ensurePresence(em: EntityManager, { bank_id, customer_id }: CustomerKey): Promise<void> {
  await em.execute('insert into customer_presence (bank_id, customer_id, is_deleted) values (?, ?, false) on conflict do nothing', [bank_id, customer_id]);
}

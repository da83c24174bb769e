import type { EntityManager } from '@mikro-orm/postgresql';
import { customerUnknown } from '@platform/failure';
import type { Author, Journal, JournaledInsertion } from '@platform/journal';
import type { CustomerKey } from '@platform/messages';
import type { Parent } from '@platform/persistence';

/**
 * The table that a migration creates: one row for each customer that the service keeps records of, or that was deleted.
 * Ids are never reused, so a deleted customer's row stays for ever.
 */
export const customerPresenceTable = `create table customer_presence (
  bank_id text collate "C" not null,
  customer_id text collate "C" not null,
  is_deleted boolean not null,
  primary key (bank_id, customer_id)
)`;

/**
 * Makes the customer's deletion wait in this service until the command's transaction ends, so that the deletion sees
 * and removes what the transaction adds. The customers service was asked before; this covers the time since its answer.
 * @throws ObpFailure OBP-30046 when the deletion came first
 */
export async function holdCustomer(em: EntityManager, { bank_id, customer_id }: CustomerKey): Promise<void> {
  const look = async (): Promise<{ is_deleted: boolean } | undefined> => {
    const rows = await em.execute<{ is_deleted: boolean }[]>(
      'select is_deleted from customer_presence where bank_id = ? and customer_id = ? for share',
      [bank_id, customer_id],
    );
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
 * The customers of the inserted records, locked until the insert is committed: as safe as `holdCustomer`. Deleted
 * customers are not included, and a deletion waits for the customers that are. A customer's first record creates its
 * row.
 */
export const customerPresence: Parent = {
  on: ['bank_id', 'customer_id'],
  text: (isBank) => `known as materialized (
  select wanted.bank_id, wanted.customer_id, presence.is_deleted
  from (select distinct bank_id, customer_id from given order by bank_id, customer_id) as wanted
  left join lateral (
    select is_deleted from customer_presence where ${isBank} and bank_id = wanted.bank_id and customer_id = wanted.customer_id for share
  ) as presence on true
),
created as (
  insert into customer_presence (bank_id, customer_id, is_deleted)
  select bank_id, customer_id, false from known where is_deleted is null
  order by bank_id, customer_id on conflict do nothing returning bank_id, customer_id
),
parent as materialized (select bank_id, customer_id from known where not is_deleted union all select bank_id, customer_id from created)`,
};

/**
 * Adds a record of a customer. The insertion's parent must be `customerPresence`.
 * @returns whether it is stored; false when the unique index already has another
 * @throws ObpFailure OBP-30046 when the deletion came first
 */
export async function insertRecord<Row extends CustomerKey>(
  journal: Journal,
  insertion: JournaledInsertion<Row>,
  record: Row,
  author: Author & { readonly signal?: () => AbortSignal },
): Promise<boolean> {
  const insert = () => journal.insert(insertion, record, author);
  let outcome = await insert();
  // Another transaction may have added the customer's first record meanwhile: the next statement sees its row.
  if (outcome === 'orphan') outcome = await insert();
  if (outcome === 'orphan') customerUnknown(record.customer_id);
  return outcome === 'stored';
}

async function ensurePresence(em: EntityManager, { bank_id, customer_id }: CustomerKey): Promise<void> {
  await em.execute(
    `
    insert into customer_presence (bank_id, customer_id, is_deleted)
    values (?, ?, false)
    on conflict do nothing`,
    [bank_id, customer_id],
  );
}

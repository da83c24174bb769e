import type { EntityManager } from '@mikro-orm/postgresql';
import type { AccountKey } from '../account/account.sql.js';
import { attributeOverhead } from '../attributes.js';

/** Makes other changes of the account's attributes wait until the transaction ends. @returns whether there is such an account */
export async function lockAccount(em: EntityManager, { bank_id, account_id }: AccountKey): Promise<boolean> {
  const sql = 'select 1 from account where bank_id = ? and account_id = ? for no key update';
  const found: unknown[] = await em.execute(sql, [bank_id, account_id]);
  return found.length > 0;
}

/** The bytes that an account's attributes take together. */
export async function bytesOfAttributes(em: EntityManager, { bank_id, account_id }: AccountKey): Promise<number> {
  const [sum]: { bytes: number }[] = await em.execute(
    `select sum(octet_length(name) + octet_length(value) + octet_length(product_code) + octet_length(product_instance_code) + ?)::integer as bytes
     from account_attribute where bank_id = ? and account_id = ?`,
    [attributeOverhead, bank_id, account_id],
  );
  return sum?.bytes ?? 0;
}

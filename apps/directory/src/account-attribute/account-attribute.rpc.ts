import type { EntityManager } from '@mikro-orm/postgresql';
import { fail, isId } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import {
  type AccountAttribute,
  type AccountAttributeJson,
  type AccountServiceDefinition,
  Failure,
} from '@platform/messages';
import { command } from '@platform/persistence';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import { accountUnknown } from '../account/account-unknown.js';
import { attributeOverhead, checkRoom } from '../attributes.js';
import type { Parts } from '../parts.js';
import { accountAttribute, AccountAttributeSchema } from './account-attribute.entity.js';

interface AccountKey {
  readonly bank_id: string;
  readonly account_id: string;
}

/** The rpcs that write attributes of accounts. Any product code is accepted: there is no product catalogue. */
export function accountAttributeCommands({
  orm,
  clock,
}: Pick<Parts, 'orm' | 'clock'>): Implementation<AccountServiceDefinition> {
  return {
    async createAccountAttribute({ bank_id, account_id, product_code, body }) {
      const fields = fieldsOf(product_code, body);
      return changing({ bank_id, account_id }, async (em) =>
        // Version 7, so ids are in the order of creation.
        em.create(AccountAttributeSchema, {
          bank_id,
          account_id,
          account_attribute_id: v7(),
          ...fields,
          created_at: wireTime(clock()),
        }),
      );
    },
    async updateAccountAttribute({ bank_id, account_id, product_code, account_attribute_id, body }) {
      const fields = fieldsOf(product_code, body);
      return changing({ bank_id, account_id }, async (em) => {
        const found = isId(account_attribute_id)
          ? await em.findOne(AccountAttributeSchema, { bank_id, account_id, account_attribute_id })
          : null;
        return em.assign(found ?? attributeUnknown(account_attribute_id), fields);
      });
    },
  };

  /** Runs changes of one account's attributes one after the other, so that their total size can be checked. */
  function changing(
    key: AccountKey,
    change: (em: EntityManager) => Promise<Parameters<typeof accountAttribute>[0]>,
  ): Promise<AccountAttribute> {
    return command(orm, {}, async (em) => {
      await lockAccount(em, key);
      const changed = await change(em);
      await em.flush();
      checkRoom(await bytesOf(em, key), 'an account');
      return accountAttribute(changed);
    });
  }
}

function fieldsOf(product_code: string, body: AccountAttributeJson) {
  const { name, type, value, product_instance_code } = body;
  return { product_code, product_instance_code: product_instance_code ?? '', name, type, value };
}

async function lockAccount(em: EntityManager, { bank_id, account_id }: AccountKey): Promise<void> {
  const sql = 'select 1 from account where bank_id = ? and account_id = ? for no key update';
  const found: unknown[] = await em.execute(sql, [bank_id, account_id]);
  if (found.length === 0) accountUnknown(bank_id, account_id);
}

async function bytesOf(em: EntityManager, { bank_id, account_id }: AccountKey): Promise<number> {
  const [sum]: { bytes: number }[] = await em.execute(
    `select sum(octet_length(name) + octet_length(value) + octet_length(product_code) + octet_length(product_instance_code) + ?)::integer as bytes
     from account_attribute where bank_id = ? and account_id = ?`,
    [attributeOverhead, bank_id, account_id],
  );
  return sum?.bytes ?? 0;
}

function attributeUnknown(account_attribute_id: string): never {
  return fail(Failure.FAILURE_CONNECTOR_RETURNED_NO_DATA, ` Current ACCOUNT_ATTRIBUTE_ID is ${account_attribute_id}`);
}

import type { EntityManager, InferEntity } from '@mikro-orm/postgresql';
import { fail } from '@platform/failure';
import { isId } from '@platform/input';
import type { Implementation } from '@platform/grpc';
import {
  type AccountAttribute,
  type AccountAttributeJson,
  type AccountServiceDefinition,
  Failure,
} from '@platform/messages';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import type { AccountKey } from '../account/account.sql.js';
import { accountUnknown } from '../account/account-unknown.js';
import { changeAttributes } from '../attributes.js';
import type { Parts } from '../parts.js';
import { accountAttribute, AccountAttributeSchema } from './account-attribute.entity.js';
import { bytesOfAttributes as size, lockedAccount } from './account-attribute.sql.js';

type Change = (em: EntityManager) => Promise<InferEntity<typeof AccountAttributeSchema>>;

/** The rpcs that write attributes of accounts. Any product code is accepted: there is no product catalogue. */
export function accountAttributeCommands({
  orm,
  clock,
}: Pick<Parts, 'orm' | 'clock'>): Implementation<AccountServiceDefinition> {
  const changing = ({ bank_id, account_id }: AccountKey, change: Change): Promise<AccountAttribute> => {
    const unknown = () => accountUnknown(bank_id, account_id);
    const owner = { what: 'an account', key: [bank_id, account_id], locked: lockedAccount, size, unknown } as const;
    return changeAttributes(orm, owner, change).then(accountAttribute);
  };
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
}

function fieldsOf(product_code: string, body: AccountAttributeJson) {
  const { name, type, value, product_instance_code } = body;
  return { product_code, product_instance_code: product_instance_code ?? '', name, type, value };
}

function attributeUnknown(account_attribute_id: string): never {
  return fail(Failure.FAILURE_CONNECTOR_RETURNED_NO_DATA, ` Current ACCOUNT_ATTRIBUTE_ID is ${account_attribute_id}`);
}

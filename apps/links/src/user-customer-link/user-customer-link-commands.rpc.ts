import { LockMode } from '@mikro-orm/postgresql';
import { customerPresence, insertRecord } from '@platform/customer-presence';
import type { Implementation } from '@platform/grpc';
import type { UserCustomerLinkServiceDefinition } from '@platform/messages';
import { wireTime } from '@platform/runtime';
import { v7 } from 'uuid';
import { allInOrder } from '../all-in-order.js';
import type { Parts } from '../parts.js';
import {
  userAlreadyLinked,
  UserCustomerLink,
  UserCustomerLinkSchema,
  userCustomerLinkUnknown,
} from './user-customer-link.entity.js';
import { userLinkById } from './user-customer-link.sql.js';
import { userCustomerLink, type UserCustomerLinkRow } from './user-customer-link.shape.js';

/** The rpcs that write links to users. */
export function userCustomerLinkCommands({
  journal,
  reader,
  clock,
  customers,
  directory,
}: Parts): Implementation<UserCustomerLinkServiceDefinition> {
  const insertion = journal.insertion(UserCustomerLinkSchema, {
    unique: ['bank_id', 'user_id', 'customer_id'],
    parent: customerPresence,
  });
  return {
    async createUserCustomerLinks({ bank_id, body }, call) {
      const { correlation_id } = call;
      const { user_id, customer_id } = body;
      const key = { bank_id, customer_id };
      await allInOrder(directory.requireUser(user_id, correlation_id), customers.require(key, correlation_id));
      // Version 7, so ids are in the order of creation.
      const link = new UserCustomerLink({
        ...key,
        user_customer_link_id: v7(),
        user_id,
        date_inserted: wireTime(clock()),
      });
      if (!(await insertRecord(journal, insertion, link, call))) userAlreadyLinked();
      return userCustomerLink(link);
    },
    async deleteUserCustomerLink({ bank_id, user_customer_link_id }, call) {
      const found = await reader.rows<UserCustomerLinkRow>({
        ...userLinkById,
        values: [bank_id, user_customer_link_id],
      });
      if ((await customers.existing(found, call.correlation_id)).length === 0) return userCustomerLinkUnknown();
      return journal.command(call, {}, async (em) => {
        const key = { bank_id, user_customer_link_id };
        const link = await em.findOne(UserCustomerLinkSchema, key, { lockMode: LockMode.PESSIMISTIC_WRITE });
        if (link === null) return userCustomerLinkUnknown();
        em.remove(link);
        return { value: true };
      });
    },
  };
}

import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { customerPresence, insertRecord } from '@platform/customer-presence';
import { checkVersion, type Expectation, invalidBody } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import type { CustomerAccountLinkServiceDefinition } from '@platform/messages';
import { v7 } from 'uuid';
import { allInOrder } from '../all-in-order.js';
import type { Parts } from '../parts.js';
import { requireAccountLink } from './customer-account-link-lookup.js';
import {
  accountAlreadyLinked,
  CustomerAccountLink,
  CustomerAccountLinkSchema,
  customerAccountLinkUnknown,
} from './customer-account-link.entity.js';
import { customerAccountLink } from './customer-account-link.shape.js';

/** The rpcs that write links to accounts. Agents' links are created elsewhere, but changed and deleted here. */
export function customerAccountLinkCommands(parts: Parts): Implementation<CustomerAccountLinkServiceDefinition> {
  const { journal, customers, directory } = parts;
  const insertion = journal.insertion(CustomerAccountLinkSchema, {
    unique: ['bank_id', 'account_id', 'customer_id'],
    parent: customerPresence,
  });
  return {
    async createCustomerAccountLink({ bank_id, body }, call) {
      const { correlation_id } = call;
      const { customer_id, account_id, relationship_type, bank_id: posted } = body;
      if (posted !== bank_id) invalidBody('bank_id must be the BANK_ID of the URL.');
      const key = { bank_id, customer_id };
      await allInOrder(
        customers.require(key, correlation_id),
        directory.requireAccount(bank_id, account_id, correlation_id),
      );
      // Version 7, so ids are in the order of creation.
      const link = new CustomerAccountLink({
        ...key,
        customer_account_link_id: v7(),
        account_id,
        relationship_type,
        is_agent: false,
      });
      if (!(await insertRecord(journal, insertion, link, call))) accountAlreadyLinked();
      return customerAccountLink(link);
    },
    async updateCustomerAccountLinkById({ bank_id, customer_account_link_id, body, expected_version }, call) {
      const { correlation_id } = call;
      const { relationship_type } = body;
      const key = { bank_id, customer_account_link_id };
      await requireAccountLink(parts, key, correlation_id);
      const changed = await journal.command(call, {}, async (em) => {
        // The row lock is enough, without locking the customer: a concurrent deletion of the customer either has
        // deleted the row before, or waits and deletes it afterwards.
        const link = await locked(em, key, { expected_version });
        link.changeRelationship(relationship_type);
        return link;
      });
      return customerAccountLink(changed);
    },
    async deleteCustomerAccountLinkById({ bank_id, customer_account_link_id, expected_version }, call) {
      const { correlation_id } = call;
      const key = { bank_id, customer_account_link_id };
      await requireAccountLink(parts, key, correlation_id);
      return journal.command(call, {}, async (em) => {
        em.remove(await locked(em, key, { expected_version }));
        return {};
      });
    },
  };
}

interface LinkKey {
  readonly bank_id: string;
  readonly customer_account_link_id: string;
}

/** @throws ObpFailure OBP-30225, or OBP-09412 when it has not the expected version */
async function locked(em: EntityManager, key: LinkKey, expectation: Expectation): Promise<CustomerAccountLink> {
  const link = await em.findOne(CustomerAccountLinkSchema, key, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (link === null) return customerAccountLinkUnknown();
  checkVersion(expectation, link.version);
  return link;
}

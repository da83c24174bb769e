import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { checkVersion, customerUnknown, type Expectation } from '@platform/failure';
import { type Call, type Implementation, rpc } from '@platform/grpc';
import { destroyKey, type ErasedTable, removeRecords } from '@platform/journal';
import {
  CustomerAttributeLookupServiceDefinition,
  type CustomerKey,
  type CustomerServiceDefinition,
  LinkLookupServiceDefinition,
} from '@platform/messages';
import type { Outbox, Task, TaskHandler } from '@platform/outbox';
import { command } from '@platform/persistence';
import type { JournaledParts } from '@platform/service';
import type { CustomersConfig } from '../config.js';
import { CustomerSchema } from './customer.entity.js';

const forgetAttributes = rpc(CustomerAttributeLookupServiceDefinition, 'forgetCustomerAttributes');
const forgetLinks = rpc(LinkLookupServiceDefinition, 'forgetCustomerLinks');

/** Shorter than the caller's deadline. If a service is down, any replica calls it again later. Milliseconds. */
const tellTimeout_ms = 4_000;

/** Tells the services that store data of a customer that the customer is deleted. */
export function customerDeletion(
  { peer }: Pick<JournaledParts, 'peer'>,
  config: Pick<CustomersConfig, 'attributes_address' | 'links_address'>,
): TaskHandler {
  const attributes = peer('attributes', config.attributes_address);
  const links = peer('links', config.links_address);
  return {
    async deliver({ bank_id, subject: customer_id }, correlation_id) {
      const key = { bank_id, customer_id };
      await Promise.all([
        attributes.call(forgetAttributes, { key }, correlation_id, tellTimeout_ms),
        links.call(forgetLinks, { key }, correlation_id, tellTimeout_ms),
      ]);
    },
  };
}

/** The customer last: its other records refer to it. */
const tables: readonly ErasedTable[] = [
  { table: 'customer_address', id: 'customer_address_id', versioned: true },
  { table: 'tax_residence', id: 'tax_residence_id' },
  { table: 'social_media_handle', id: 'social_media_handle_id' },
  { table: 'customer', id: 'customer_id', versioned: true },
];

/** The most records removed by one statement, so that each statement ends before the statement timeout. */
const removedAtOnce = 10_000;

async function removeAll(em: EntityManager, call: Call, key: CustomerKey, table: ErasedTable): Promise<void> {
  while ((await removeRecords(em, call, key, table, removedAtOnce)) === removedAtOnce);
}

/**
 * Deletes a customer with everything that belongs to it. Deleting the customer's row also deletes its addresses,
 * residences and handles, and from then on no caller finds the customer. A task in the same transaction tells the
 * services that store more data.
 */
export function customerCascade(
  { orm }: Pick<JournaledParts, 'orm'>,
  outbox: Outbox<'customer-deletion'>,
): Implementation<CustomerServiceDefinition> {
  /** Of concurrent deletions of a customer, the first one deletes the row, and the others delete nothing. */
  const remove = (call: Call, task: Task<'customer-deletion'>, expectation: Expectation): Promise<boolean> =>
    command(orm, {}, async (em) => {
      const key = { bank_id: task.bank_id, customer_id: task.subject };
      const customer = await em.findOne(CustomerSchema, key, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (customer === null) return false;
      checkVersion(expectation, customer.version);
      for (const table of tables) await removeAll(em, call, key, table);
      await destroyKey(em, key);
      await outbox.append(em, task);
      return true;
    });

  return {
    async deleteCustomerCascade({ bank_id, customer_id, expected_version }, call) {
      const task = { kind: 'customer-deletion', bank_id, subject: customer_id } as const;
      const removed = await remove(call, task, { expected_version });
      // A repeated call waits too: it returns true once everything is deleted, and never before.
      const settled = await outbox.settle(task, call.correlation_id);
      // Another call, or the relay, may already have finished the task that this call began.
      if (!removed && !settled) customerUnknown(customer_id);
      return { value: true };
    },
  };
}

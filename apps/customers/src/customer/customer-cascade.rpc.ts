import { customerUnknown } from '@platform/failure';
import { type Implementation, rpc } from '@platform/grpc';
import {
  CustomerAttributeLookupServiceDefinition,
  type CustomerServiceDefinition,
  LinkLookupServiceDefinition,
} from '@platform/messages';
import type { Outbox, Task, TaskHandler } from '@platform/outbox';
import { command } from '@platform/persistence';
import type { ServiceParts } from '@platform/service';
import type { CustomersConfig } from '../config.js';
import { CustomerSchema } from './customer.schema.js';

const forgetAttributes = rpc(CustomerAttributeLookupServiceDefinition, 'forgetCustomerAttributes');
const forgetLinks = rpc(LinkLookupServiceDefinition, 'forgetCustomerLinks');

/** Less than the caller waits; a service that is down is told later, by whoever is up. Milliseconds. */
const tellTimeout_ms = 4_000;

/** Tells the services that keep more of a customer that it is gone. */
export function customerDeletion(
  { peer }: Pick<ServiceParts, 'peer'>,
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

/**
 * The deletion of a customer with everything that belongs to it. With the customer's row go its addresses, residences and
 * handles, and the customer is gone for everybody; the services that keep more are told by a task of the same transaction.
 */
export function customerCascade(
  { orm }: Pick<ServiceParts, 'orm'>,
  outbox: Outbox<'customer-deletion'>,
): Implementation<CustomerServiceDefinition> {
  /** Of several deletions at once the first has the row, and the others have nothing left to do here. */
  const remove = (task: Task<'customer-deletion'>): Promise<boolean> =>
    command(orm, {}, async (em) => {
      const removed = (await em.nativeDelete(CustomerSchema, { bank_id: task.bank_id, customer_id: task.subject })) > 0;
      if (removed) await outbox.append(em, task);
      return removed;
    });

  return {
    async deleteCustomerCascade({ bank_id, customer_id }, { correlation_id }) {
      const task = { kind: 'customer-deletion', bank_id, subject: customer_id } as const;
      const removed = await remove(task);
      // A repeated call waits too: it returns true once everything is deleted, and never before.
      const settled = await outbox.settle(task, correlation_id);
      // Another call or the relay may have been faster with what this one began.
      if (!removed && !settled) customerUnknown(customer_id);
      return { value: true };
    },
  };
}

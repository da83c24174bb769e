import { customerUnknown, isId } from '@platform/failure';
import { type Implementation, rpc } from '@platform/grpc';
import { CustomerAttributeLookupServiceDefinition, type CustomerServiceDefinition, LinkLookupServiceDefinition } from '@platform/messages';
import { createOutbox, type Task } from '@platform/outbox';
import { command } from '@platform/persistence';
import type { ServiceParts } from '@platform/service';
import type { CustomersConfig } from '../config.js';
import { CustomerSchema } from './customer.schema.js';

const forgetAttributes = rpc(CustomerAttributeLookupServiceDefinition, 'forgetCustomerAttributes');
const forgetLinks = rpc(LinkLookupServiceDefinition, 'forgetCustomerLinks');

/** Less than the caller waits; a service that is down is told later, by whoever is up. Milliseconds. */
const tellTimeout_ms = 4_000;

/**
 * The deletion of a customer with everything that belongs to it. With the customer's row go its addresses, residences and
 * handles, and the customer is gone for everybody; the services that keep more are told by a task of the same transaction.
 */
export function createCustomerCascade(parts: ServiceParts, config: Pick<CustomersConfig, 'attributes_address' | 'links_address'>): Implementation<CustomerServiceDefinition> {
  const { orm, log } = parts;
  const attributes = parts.peer('attributes', config.attributes_address);
  const links = parts.peer('links', config.links_address);

  const outbox = parts.closing(
    createOutbox({
      orm,
      log,
      async deliver({ bank_id, subject: customer_id }, correlation_id) {
        const key = { bank_id, customer_id };
        await Promise.all([
          attributes.call(forgetAttributes, { key }, correlation_id, tellTimeout_ms),
          links.call(forgetLinks, { key }, correlation_id, tellTimeout_ms),
        ]);
      },
    }),
  );

  /** Of several deletions at once the first has the row, and the others have nothing left to do here. */
  const remove = ({ bank_id, subject }: Task): Promise<boolean> =>
    command(orm, {}, async (em) => {
      const removed = (await em.nativeDelete(CustomerSchema, { bank_id, customer_id: subject })) > 0;
      if (removed) await outbox.append(em, { bank_id, subject });
      return removed;
    });

  return {
    async deleteCustomerCascade({ bank_id, customer_id }, { correlation_id }) {
      if (!isId(customer_id)) customerUnknown(customer_id);
      const task = { bank_id, subject: customer_id };
      const removed = await remove(task);
      // Also for whoever comes again: true is the answer as long as the deletion is not complete, and never before it is.
      const settled = await outbox.settle(task, correlation_id);
      // Another call or the relay may have been faster with what this one began.
      if (!removed && !settled) customerUnknown(customer_id);
      return { value: true };
    },
  };
}

import { customerUnknown } from '@platform/failure';
import { isId } from '@platform/input';
import { createLookUps, rpc } from '@platform/grpc';
import { type CustomerKey, CustomerServiceDefinition } from '@platform/messages';
import type { ServicePeer } from '@platform/service';

/** Asks the customers service which customers exist now. */
export interface Customers {
  /** @throws ObpFailure OBP-30046 unless the bank has the customer */
  require(key: CustomerKey, correlation_id: string): Promise<void>;
  /** The keys whose customers exist, in the same order; one call for any number of keys. */
  existing<Key extends CustomerKey>(keys: readonly Key[], correlation_id: string): Promise<Key[]>;
}

const findCustomers = rpc(CustomerServiceDefinition, 'findCustomers');

/** Look-ups of concurrent calls are sent as one batch. */
const batches = { limit: 500, parallel: 2 };

/** @param peer the customers service */
export function createCustomers(peer: ServicePeer): Customers {
  const existing = async <Key extends CustomerKey>(keys: readonly Key[], correlation_id: string): Promise<Key[]> => {
    if (keys.length === 0) return [];
    const asked = new Map(
      keys.map(({ bank_id, customer_id }) => [`${bank_id}/${customer_id}`, { bank_id, customer_id }]),
    );
    const found = await peer.call(findCustomers, { keys: [...asked.values()] }, correlation_id);
    const there = new Set(found.keys.map(({ bank_id, customer_id }) => `${bank_id}/${customer_id}`));
    return keys.filter(({ bank_id, customer_id }) => there.has(`${bank_id}/${customer_id}`));
  };
  const exists = createLookUps<CustomerKey & { readonly correlation_id: string }, boolean>(
    async (keys, correlation_id) => {
      const there = new Set(await existing(keys, correlation_id));
      return keys.map((key) => there.has(key));
    },
    batches,
  );
  return {
    existing,
    async require({ bank_id, customer_id }, correlation_id) {
      // A text that cannot be an id is not looked up: a value that the database refuses would fail the whole batch.
      if (!isId(customer_id) || !(await exists({ bank_id, customer_id, correlation_id }))) customerUnknown(customer_id);
    },
  };
}

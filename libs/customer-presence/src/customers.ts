import { customerUnknown } from '@platform/failure';
import { isId } from '@platform/input';
import { createExistence, rpc } from '@platform/grpc';
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

const keyText = ({ bank_id, customer_id }: CustomerKey): string => `${bank_id}/${customer_id}`;

/** @param peer the customers service */
export function createCustomers(peer: ServicePeer): Customers {
  const existing = async <Key extends CustomerKey>(keys: readonly Key[], correlation_id: string): Promise<Key[]> => {
    if (keys.length === 0) return [];
    const asked = new Map(
      keys.map(({ bank_id, customer_id }) => [keyText({ bank_id, customer_id }), { bank_id, customer_id }]),
    );
    const found = await peer.call(findCustomers, { keys: [...asked.values()] }, correlation_id);
    const there = new Set(found.keys.map(keyText));
    return keys.filter((key) => there.has(keyText(key)));
  };
  const exists = createExistence(keyText, existing);
  return {
    existing,
    async require({ bank_id, customer_id }, correlation_id) {
      // A text that cannot be an id is not looked up: a value that the database refuses would fail the whole batch.
      if (!isId(customer_id) || !(await exists({ bank_id, customer_id }, correlation_id))) customerUnknown(customer_id);
    },
  };
}

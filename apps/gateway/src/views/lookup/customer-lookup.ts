import { createLookUps, rpc } from '@platform/grpc';
import {
  type CustomerKey,
  type CustomerNumberKey,
  CustomerServiceDefinition,
  type CustomerV310,
} from '@platform/messages';
import type { Backend } from '../../calls/backend.js';
import { distinct, keyText } from './customer-keys.js';
import { inParts } from './in-parts.js';
import { batches } from './look-up.js';

/** Customers as they are now. Look-ups of concurrent requests are sent in one call. */
export interface CustomerLookup {
  byId(key: CustomerKey, correlation_id: string): Promise<CustomerV310 | undefined>;
  byNumber(key: CustomerNumberKey, correlation_id: string): Promise<CustomerV310 | undefined>;
  /** Customers that exist, in the order of the keys; one call for any number. */
  all(keys: readonly CustomerKey[], correlation_id: string): Promise<CustomerV310[]>;
  /** The keys of customers that exist, in the same order; one call. */
  existing(keys: readonly CustomerKey[], correlation_id: string): Promise<CustomerKey[]>;
}

type Wanted<Key> = Key & { readonly correlation_id: string };

const batchGetCustomers = rpc(CustomerServiceDefinition, 'batchGetCustomers');
const batchGetCustomersByNumber = rpc(CustomerServiceDefinition, 'batchGetCustomersByNumber');
const findCustomers = rpc(CustomerServiceDefinition, 'findCustomers');

export function createCustomerLookup(backend: Backend): CustomerLookup {
  const find = async (keys: readonly CustomerKey[], correlation_id: string): Promise<Map<string, CustomerV310>> => {
    const ask = async (part: readonly CustomerKey[]) =>
      (await backend.asService(batchGetCustomers, { keys: [...part] }, correlation_id)).customers;
    return new Map((await inParts(distinct(keys), ask)).map((customer) => [keyText(customer), customer]));
  };
  const byId = createLookUps<Wanted<CustomerKey>, CustomerV310 | undefined>(async (wanted, correlation_id) => {
    const found = await find(wanted, correlation_id);
    return wanted.map((key) => found.get(keyText(key)));
  }, batches);
  const byNumber = createLookUps<Wanted<CustomerNumberKey>, CustomerV310 | undefined>(
    async (wanted, correlation_id) => {
      const keys = wanted.map(({ bank_id, customer_number }) => ({ bank_id, customer_number }));
      const { customers } = await backend.asService(batchGetCustomersByNumber, { keys }, correlation_id);
      const found = new Map(customers.map((customer) => [numberText(customer), customer]));
      return wanted.map((key) => found.get(numberText(key)));
    },
    batches,
  );
  return {
    byId: (key, correlation_id) => byId({ ...key, correlation_id }),
    byNumber: (key, correlation_id) => byNumber({ ...key, correlation_id }),
    async all(keys, correlation_id) {
      const found = await find(keys, correlation_id);
      return keys.flatMap((key) => found.get(keyText(key)) ?? []);
    },
    async existing(keys, correlation_id) {
      const found = await backend.asService(findCustomers, { keys: distinct(keys) }, correlation_id);
      const there = new Set(found.keys.map(keyText));
      return keys.filter((key) => there.has(keyText(key)));
    },
  };
}

function numberText({ bank_id, customer_number }: CustomerNumberKey): string {
  return `${bank_id}/${customer_number}`;
}

import { rpc } from '@platform/grpc';
import { type CustomerAttribute, CustomerAttributeLookupServiceDefinition, type CustomerKey } from '@platform/messages';
import { createBatcher } from '@platform/runtime';
import type { Backend } from '../../calls/backend.js';
import { byCustomer, distinct } from './customer-keys.js';
import { batches, lookUp } from './look-up.js';

/** The attributes of customers, oldest first. Look-ups of concurrent requests travel together. */
export interface AttributeLookup {
  ofCustomer(key: CustomerKey, correlation_id: string): Promise<CustomerAttribute[]>;
  /** One call, whatever the number of customers. */
  ofCustomers(keys: readonly CustomerKey[], correlation_id: string): Promise<(key: CustomerKey) => CustomerAttribute[]>;
}

const batchGetCustomerAttributes = rpc(CustomerAttributeLookupServiceDefinition, 'batchGetCustomerAttributes');

export function createAttributeLookup(backend: Backend): AttributeLookup {
  const ofCustomers: AttributeLookup['ofCustomers'] = async (keys, correlation_id) => {
    const entries = await lookUp(backend, batchGetCustomerAttributes, { keys: distinct(keys) }, ({ customers }) => customers, correlation_id);
    return byCustomer(entries, ({ customer_attributes }) => customer_attributes);
  };
  const ofCustomer = createBatcher<CustomerKey & { readonly correlation_id: string }, CustomerAttribute[]>(async (wanted) => {
    const attributesOf = await ofCustomers(wanted, wanted[0]?.correlation_id ?? '');
    return wanted.map(attributesOf);
  }, batches);
  return { ofCustomers, ofCustomer: (key, correlation_id) => ofCustomer({ ...key, correlation_id }) };
}

import { customerUnknown } from '@platform/failure';
import { type Implementation, rpc } from '@platform/grpc';
import {
  CustomerAttributeLookupServiceDefinition,
  type CustomerDeletionServiceDefinition,
  CustomerServiceDefinition,
  LinkLookupServiceDefinition,
} from '@platform/messages';
import type { Backend } from '../calls/backend.js';
import type { CustomerLookup } from './lookup/customer-lookup.js';

const findRecordsOfCustomer = rpc(CustomerServiceDefinition, 'findRecordsOfCustomer');
const findAttributesOfCustomer = rpc(CustomerAttributeLookupServiceDefinition, 'findAttributesOfCustomer');
const findLinksOfCustomer = rpc(LinkLookupServiceDefinition, 'findLinksOfCustomer');

/** What a deletion of a customer would delete in each service. */
export function customerDeletionPreview(
  backend: Backend,
  customers: CustomerLookup,
): Implementation<CustomerDeletionServiceDefinition> {
  return {
    async previewCustomerDeletion({ bank_id, customer_id }, { correlation_id }) {
      const key = { bank_id, customer_id };
      const [customer, own, attributes, links] = await Promise.all([
        customers.byId(key, correlation_id),
        backend.asService(findRecordsOfCustomer, { key }, correlation_id),
        backend.asService(findAttributesOfCustomer, { key }, correlation_id),
        backend.asService(findLinksOfCustomer, { key }, correlation_id),
      ]);
      if (customer === undefined) return customerUnknown(customer_id);
      return {
        ...key,
        services: [
          { service: 'customers', records: own.records },
          { service: 'attributes', records: attributes.records },
          { service: 'links', records: links.records },
        ],
      };
    },
  };
}

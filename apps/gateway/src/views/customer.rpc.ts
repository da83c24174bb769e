import { customerUnknown, fail } from '@platform/failure';
import type { Implementation } from '@platform/grpc';
import { type CustomerViewServiceDefinition, Failure } from '@platform/messages';
import type { AttributeLookup } from './lookup/attribute-lookup.js';
import type { CustomerLookup } from './lookup/customer-lookup.js';

/** A customer with its attributes. */
export function customerLookups(
  customers: CustomerLookup,
  attributes: AttributeLookup,
): Implementation<CustomerViewServiceDefinition> {
  return {
    async getCustomerByCustomerId({ bank_id, customer_id }, { correlation_id }) {
      // A text that is no id is not looked up: nothing that the database refuses may spoil a batch.
      const key = { bank_id, customer_id };
      const [customer, customer_attributes] = await Promise.all([
        customers.byId(key, correlation_id),
        attributes.ofCustomer(key, correlation_id),
      ]);
      return { ...(customer ?? customerUnknown(customer_id)), customer_attributes };
    },
    async getCustomerByCustomerNumber({ bank_id, body }, { correlation_id }) {
      const customer_number = body.customer_number;
      const customer =
        (await customers.byNumber({ bank_id, customer_number }, correlation_id)) ??
        fail(Failure.FAILURE_CUSTOMER_NOT_FOUND_BY_NUMBER);
      return { ...customer, customer_attributes: await attributes.ofCustomer(customer, correlation_id) };
    },
  };
}

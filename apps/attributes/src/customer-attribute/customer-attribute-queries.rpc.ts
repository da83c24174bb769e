import type { Customers } from '@platform/customer-presence';
import { type Implementation, messagesOf } from '@platform/grpc';
import type {
  CustomerAttribute,
  CustomerAttributes,
  CustomerAttributeServiceDefinition,
  CustomerKey,
} from '@platform/messages';
import { pagesOf, type Reader } from '@platform/persistence';
import { attributeUnknown } from './customer-attribute.entity.js';
import { messageAttributes } from './customer-attribute-limits.js';
import { attributeOfCustomer, attributesAfter } from './customer-attribute.sql.js';

/** The rpcs that read attributes. The customer is checked while its rows are read; an unknown one is refused. */
export function customerAttributeQueries(
  reader: Reader,
  customers: Customers,
): Implementation<CustomerAttributeServiceDefinition> {
  return {
    async getCustomerAttributeById({ bank_id, customer_id, customer_attribute_id }, { correlation_id }) {
      const values = [bank_id, customer_id, customer_attribute_id];
      const [found] = await Promise.all([
        reader.rows<CustomerAttribute>({ ...attributeOfCustomer, values }),
        customers.require({ bank_id, customer_id }, correlation_id),
      ]);
      return found[0] ?? attributeUnknown();
    },
    getCustomerAttributes: ({ bank_id, customer_id }, { correlation_id }) =>
      listAttributes(reader, customers, { bank_id, customer_id }, correlation_id),
  };
}

/** A customer's attributes, oldest first. */
function listAttributes(
  reader: Reader,
  customers: Customers,
  key: CustomerKey,
  correlation_id: string,
): AsyncGenerator<CustomerAttributes> {
  const { bank_id, customer_id } = key;
  const pages = pagesOf<CustomerAttribute>(messageAttributes, async (last) => {
    const query = { ...attributesAfter, values: [bank_id, customer_id, last?.customer_attribute_id ?? ''] };
    if (last !== undefined) return reader.page<CustomerAttribute>(query);
    const [rows] = await Promise.all([reader.rows<CustomerAttribute>(query), customers.require(key, correlation_id)]);
    return rows;
  });
  return messagesOf(pages, (customer_attributes) => ({ customer_attributes }));
}

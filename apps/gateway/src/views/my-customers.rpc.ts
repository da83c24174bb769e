import { type Call, type Implementation, messagesOf } from '@platform/grpc';
import type { CustomersV210, CustomerViewServiceDefinition } from '@platform/messages';
import { customerV210, customerWithAttributesV300 } from './customer-shapes.js';
import type { LinkedCustomers } from './linked-customers.js';
import { attributedRows, type AttributeLookup } from './lookup/attribute-lookup.js';
import type { CustomerLookup } from './lookup/customer-lookup.js';
import { overlapped } from './overlapped.js';
import { messageRecords } from './pages.js';

/** One page is looked up while another is sent: 100 customers, with at most 100 MB of attributes. */
const pagesAtOnce = { atOnce: 2, first: 1 } as const;

/** The customers linked to the caller, in the order of the links; customers that no longer exist are left out. */
export function myCustomers(
  linked: LinkedCustomers,
  customers: CustomerLookup,
  attributes: AttributeLookup,
): Implementation<CustomerViewServiceDefinition> {
  async function* mine(call: Call, bank_id?: string) {
    for await (const keys of linked(call, { bank_id })) yield await customers.all(keys, call.correlation_id);
  }
  const withAttributes = (call: Call) =>
    overlapped(
      linked(call, { rows: attributedRows }),
      async (keys) => {
        const [found, attributesOf] = await Promise.all([
          customers.all(keys, call.correlation_id),
          attributes.ofCustomers(keys, call.correlation_id),
        ]);
        return found.map((customer) => customerWithAttributesV300(customer, attributesOf(customer)));
      },
      pagesAtOnce,
    );
  async function* ids(call: Call) {
    for await (const keys of linked(call)) {
      const existing = await customers.existing(keys, call.correlation_id);
      yield existing.map(({ customer_id }) => ({ id: customer_id }));
    }
  }
  const each = { most: messageRecords };
  const listV210 = (call: Call, bank_id?: string): AsyncGenerator<CustomersV210> =>
    messagesOf(mine(call, bank_id), (found) => ({ customers: found.map(customerV210) }), each);

  return {
    getCustomersForUser: (_request, call) =>
      messagesOf(withAttributes(call), (found) => ({ customers: found }), {
        ...each,
        weightOf: ({ customer_attributes }) => 1 + customer_attributes.length,
      }),
    getCustomersForUserIdsOnly: (_request, call) => messagesOf(ids(call), (found) => ({ customers: found }), each),
    getMyCustomersAtAnyBank: (_request, call) => listV210(call),
    getMyCustomersAtBank: ({ bank_id }, call) => listV210(call, bank_id),
  };
}

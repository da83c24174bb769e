import { checkText, fail, isId } from '@platform/failure';
import { bind, type BoundService, rpc } from '@platform/grpc';
import { CustomerServiceDefinition, CustomerViewServiceDefinition, type CustomerV310, type CustomerWithAttributesV310, Failure } from '@platform/messages';
import { createBatcher } from '@platform/runtime';
import type { Backend } from '../calls/backend.js';

interface Wanted {
  readonly bank_id: string;
  /** The customer's id or number, as the look-up goes. */
  readonly value: string;
  readonly correlation_id: string;
}

type Find = (wanted: Wanted) => Promise<CustomerV310 | undefined>;

/** Characters of a customer number. */
const numberLength = 50;

/** Enough to fill the pipeline between two processes; more would make early callers wait for late ones. */
const batches = { limit: 100, parallel: 2 };

/** Customers with what other services know of them. */
export function createCustomerViews(backend: Backend): BoundService {
  const byId = createFind(backend, 'batchGetCustomers', (keys) => ({ keys: keys.map(({ bank_id, value }) => ({ bank_id, customer_id: value })) }), 'customer_id');
  const byNumber = createFind(backend, 'batchGetCustomersByNumber', (keys) => ({ keys: keys.map(({ bank_id, value }) => ({ bank_id, customer_number: value })) }), 'customer_number');
  return bind(CustomerViewServiceDefinition, {
    async getCustomerByCustomerId({ bank_id, customer_id }, { correlation_id }) {
      // A text that is no id is not looked up: nothing that the database refuses may spoil a batch.
      const customer = isId(customer_id) ? await byId({ bank_id, value: customer_id, correlation_id }) : undefined;
      return withAttributes(customer ?? fail(Failure.FAILURE_CUSTOMER_NOT_FOUND, `. Current CustomerId(${customer_id})`));
    },
    async getCustomerByCustomerNumber({ bank_id, body }, { correlation_id }) {
      const { customer_number } = body ?? fail(Failure.FAILURE_INVALID_JSON_FORMAT);
      // Before it joins a batch, for the same reason.
      checkText('customer_number', customer_number, numberLength);
      const customer = await byNumber({ bank_id, value: customer_number, correlation_id });
      return withAttributes(customer ?? fail(Failure.FAILURE_CUSTOMER_NOT_FOUND_BY_NUMBER));
    },
  });
}

/** Look-ups of concurrent requests travel together: one call, one query. */
function createFind<M extends 'batchGetCustomers' | 'batchGetCustomersByNumber'>(
  backend: Backend,
  method: M,
  toRequest: (wanted: readonly Wanted[]) => Parameters<typeof CustomerServiceDefinition.methods[M]['requestType']['encode']>[0],
  key: 'customer_id' | 'customer_number',
): Find {
  const batchGet = rpc(CustomerServiceDefinition, method);
  return createBatcher<Wanted, CustomerV310 | undefined>(async (wanted) => {
    const { customers } = await backend.asService(batchGet, toRequest(wanted) as never, wanted[0]?.correlation_id ?? '');
    const found = new Map(customers.map((customer) => [`${customer.bank_id}/${customer[key]}`, customer]));
    return wanted.map(({ bank_id, value }) => found.get(`${bank_id}/${value}`));
  }, batches);
}

/** No service keeps attributes yet: every customer has none. */
function withAttributes(customer: CustomerV310): CustomerWithAttributesV310 {
  return { ...customer, customer_attributes: [] };
}

import { createLookUps, requestTime_ms, rpc } from '@platform/grpc';
import {
  type AttributesOfCustomer,
  type BatchGetCustomerAttributesResponse,
  type CustomerAttribute,
  CustomerAttributeLookupServiceDefinition,
  type CustomerKey,
} from '@platform/messages';
import type { Backend } from '../../calls/backend.js';
import { byCustomer, distinct, keyText } from './customer-keys.js';
import { lookUp } from './look-up.js';

/** The attributes of customers, oldest first. A customer has at most 1,000,000 bytes of them. */
export interface AttributeLookup {
  /** Look-ups of concurrent requests are sent in one call. */
  ofCustomer(key: CustomerKey, correlation_id: string): Promise<CustomerAttribute[]>;
  /** One call whose result is held in memory: for pages of at most `attributedRows` customers. */
  ofCustomers(keys: readonly CustomerKey[], correlation_id: string): Promise<(key: CustomerKey) => CustomerAttribute[]>;
}

/** The most customers per page whose attributes are held in memory: at most 50 MB. */
export const attributedRows = 50;

/** How long reading a page may take when its customers have the most attributes possible. */
const pageTime_ms = 30_000;

/** 25 MB when each has the most attributes possible: that can be read within the time of one call. */
const batches = { limit: 25, parallel: 2 } as const;

interface Wanted extends CustomerKey {
  readonly correlation_id: string;
  readonly resolve: (attributes: CustomerAttribute[]) => void;
}

const batchGetCustomerAttributes = rpc(CustomerAttributeLookupServiceDefinition, 'batchGetCustomerAttributes');

export function createAttributeLookup(backend: Backend): AttributeLookup {
  const batched = createLookUps<Wanted, undefined>(async (wanted, correlation_id) => {
    const keys = distinct(wanted);
    const messages = backend.asServiceStream(batchGetCustomerAttributes, { keys }, correlation_id, {
      timeout_ms: requestTime_ms,
    });
    const askersOf = byCustomer(
      wanted.map((one) => ({ key: one, one })),
      ({ one }) => [one],
    );
    for await (const { key, attributes } of completed(keys, messages))
      for (const { resolve } of askersOf(key)) resolve(attributes);
    return wanted.map(() => undefined);
  }, batches);
  return {
    // Callers that got their attributes before the batch failed do not see the failure.
    ofCustomer: ({ bank_id, customer_id }, correlation_id) =>
      new Promise((resolve, reject) => void batched({ bank_id, customer_id, correlation_id, resolve }).catch(reject)),
    async ofCustomers(keys, correlation_id) {
      const entries = await lookUp(
        backend,
        batchGetCustomerAttributes,
        { keys: distinct(keys) },
        ({ customers }) => customers,
        correlation_id,
        pageTime_ms,
      );
      return byCustomer(entries, ({ customer_attributes }) => customer_attributes);
    },
  };
}

/**
 * Yields each customer when the attributes of the next one begin, or at the end: so a customer with very many
 * attributes only delays those behind it.
 * @param messages in the order of the keys; without customers that have no attributes
 */
async function* completed(
  keys: readonly CustomerKey[],
  messages: AsyncIterable<BatchGetCustomerAttributesResponse>,
): AsyncGenerator<{ key: CustomerKey; attributes: CustomerAttribute[] }> {
  const positions = new Map(keys.map((key, position) => [keyText(key), position]));
  let before = 0;
  let attributes: CustomerAttribute[] = [];
  for await (const entry of entriesOf(messages)) {
    const position = positions.get(entry.key === null ? '' : keyText(entry.key));
    if (position === undefined || position < before)
      throw new Error('the attributes of customers do not come in the order of the keys');
    for (const key of keys.slice(before, position)) {
      yield { key, attributes };
      attributes = [];
      before += 1;
    }
    for (const attribute of entry.customer_attributes) attributes.push(attribute);
  }
  for (const key of keys.slice(before)) {
    yield { key, attributes };
    attributes = [];
  }
}

async function* entriesOf(
  messages: AsyncIterable<BatchGetCustomerAttributesResponse>,
): AsyncGenerator<AttributesOfCustomer> {
  for await (const { customers } of messages) yield* customers;
}

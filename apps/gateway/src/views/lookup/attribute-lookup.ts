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
  /** Look-ups of concurrent requests travel together. */
  ofCustomer(key: CustomerKey, correlation_id: string): Promise<CustomerAttribute[]>;
  /** One call, which holds the attributes of all: for pages of `attributedRows`. */
  ofCustomers(keys: readonly CustomerKey[], correlation_id: string): Promise<(key: CustomerKey) => CustomerAttribute[]>;
}

/** Customers whose attributes are held at once for a list: at most 50 MB. */
export const attributedRows = 50;

/** What a page may take to be read where its customers have as many attributes as they can. */
const pageTime_ms = 30_000;

/** 25 MB when each has as many attributes as it can: read within the time of a call. */
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
    // Whoever was answered before the batch failed does not learn of that.
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
 * Every customer once the next one's attributes come, or the end: so one with very many holds up only those behind it.
 * @param messages in the order of the keys; customers without attributes are left out
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

import { describe, expect, it } from '@jest/globals';
import type {
  BatchGetCustomerAttributesRequest,
  BatchGetCustomerAttributesResponse,
  CustomerKey,
} from '@platform/messages';
import type { Backend, StreamOptions } from '../../calls/backend.js';
import { createAttributeLookup } from './attribute-lookup.js';

type Answer = (
  request: BatchGetCustomerAttributesRequest,
  options: StreamOptions,
) => AsyncIterable<BatchGetCustomerAttributesResponse>;

const answering = (answer: Answer) =>
  createAttributeLookup({
    asServiceStream: (
      _method: unknown,
      request: BatchGetCustomerAttributesRequest,
      _id: string,
      options: StreamOptions,
    ) => answer(request, options),
  } as unknown as Backend);
const key = (customer_id: string): CustomerKey => ({ bank_id: 'a', customer_id });
const entry = (customer_id: string, ...ids: string[]) => ({
  key: key(customer_id),
  customer_attributes: ids.map((customer_attribute_id) => ({
    customer_attribute_id,
    name: 'n',
    type: 'STRING',
    value: 'v',
    version: 1,
  })),
});
const idsOf = (attributes: readonly { customer_attribute_id: string }[]) =>
  attributes.map(({ customer_attribute_id }) => customer_attribute_id);

/** Looks all of them up in the same turn. */
const together = (lookup: ReturnType<typeof createAttributeLookup>, ids: readonly string[]) =>
  ids.map((id) => lookup.ofCustomer(key(id), 'c').then(idsOf));

describe('attributes of concurrent requests', () => {
  it('are asked for once and given to each, also to those who ask for the same customer and those who have none', async () => {
    const asked: string[][] = [];
    const lookup = answering(async function* ({ keys }) {
      asked.push(keys.map(({ customer_id }) => customer_id));
      yield { customers: [entry('1', 'x'), entry('3', 'y')] };
      yield { customers: [entry('3', 'z')] };
    });
    expect(await Promise.all(together(lookup, ['1', '2', '3', '1', '4']))).toEqual([['x'], [], ['y', 'z'], ['x'], []]);
    expect(asked).toEqual([['1', '2', '3', '4']]);
  });

  it('come to each as soon as the next customer has come, and a failure only to those who wait', async () => {
    let fail: (reason: Error) => void = () => undefined;
    const lookup = answering(async function* () {
      yield { customers: [entry('1', 'x')] };
      yield { customers: [entry('3', 'y')] };
      await new Promise<void>((_, reject) => (fail = reject));
    });
    const [first, second, third, fourth] = together(lookup, ['1', '2', '3', '4']);
    // The call itself has not ended.
    expect(await Promise.all([first, second])).toEqual([['x'], []]);
    fail(new Error('too late'));
    await expect(third).rejects.toThrow('too late');
    await expect(fourth).rejects.toThrow('too late');
  });

  it('are asked for 25 customers at a time', async () => {
    const sizes: number[] = [];
    const lookup = answering(async function* ({ keys }) {
      sizes.push(keys.length);
      yield { customers: keys.map(({ customer_id }) => entry(customer_id, customer_id)) };
    });
    const ids = Array.from({ length: 60 }, (_, index) => String(index));
    expect((await Promise.all(together(lookup, ids))).flat()).toEqual(ids);
    expect(sizes).toEqual([25, 25, 10]);
  });

  it.each([[[entry('2', 'y'), entry('1', 'x')]], [[entry('stranger', 'x')]], [[{ ...entry('1', 'x'), key: null }]]])(
    "are nobody else's when they come out of order",
    async (customers) => {
      const lookup = answering(async function* () {
        yield { customers };
      });
      const [first, second] = together(lookup, ['1', '2']);
      await expect(second).rejects.toThrow('order of the keys');
      expect(await first?.catch(() => [])).toEqual([]);
    },
  );
});

describe('attributes of a page of customers', () => {
  it('have time for as many as there can be', async () => {
    const times: (number | undefined)[] = [];
    const lookup = answering(async function* (_request, { timeout_ms }) {
      times.push(timeout_ms);
      yield { customers: [entry('1', 'x')] };
    });
    const attributesOf = await lookup.ofCustomers([key('1'), key('2')], 'c');
    expect([idsOf(attributesOf(key('1'))), idsOf(attributesOf(key('2'))), times]).toEqual([['x'], [], [30_000]]);
  });
});

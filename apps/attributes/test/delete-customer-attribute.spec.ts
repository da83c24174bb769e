import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CustomerKey } from '@platform/messages';
import {
  attributeUnknown,
  bank,
  createHarness,
  customerUnknown,
  type Harness,
  methods,
  otherBank,
  refusal,
} from './harness.js';

const anna = { bank_id: bank, customer_id: 'anna' };
const bert = { bank_id: bank, customer_id: 'bert' };
const foreign = { bank_id: otherBank, customer_id: 'anna' };

describe('deleteCustomerAttribute', () => {
  let harness: Harness;
  let kept: unknown[];
  beforeAll(async () => {
    harness = await createHarness();
  });
  beforeEach(async () => {
    harness.customers.add(anna, bert, foreign);
    await harness.sql('delete from customer_attribute');
    for (const key of [anna, bert, foreign]) await harness.add(key);
    kept = await rows();
  });
  afterAll(() => harness.close());

  const rows = () => harness.sql('select * from customer_attribute order by customer_attribute_id');
  const remove = (bank_id: string, customer_attribute_id: string, customer_id: string | null = null) =>
    harness.call(methods.remove, { bank_id, customer_attribute_id, customer_id });

  it.each([
    { path: 'without a customer', customer_id: null },
    { path: 'of the customer', customer_id: 'anna' },
  ])('deletes the attribute $path, once', async ({ customer_id }) => {
    const { customer_attribute_id } = await harness.add(anna);
    expect(await remove(bank, customer_attribute_id, customer_id)).toEqual({});
    expect(await rows()).toEqual(kept);
    expect(await refusal(remove(bank, customer_attribute_id, customer_id))).toBe(attributeUnknown);
  });

  it.each(['nothing', '', 'a\0b', 'a b', 'x'.repeat(256)])('does not know the attribute %j', async (id) => {
    expect(await refusal(remove(bank, id))).toBe(attributeUnknown);
    expect(await refusal(remove(bank, id, 'anna'))).toBe(attributeUnknown);
    expect(await rows()).toEqual(kept);
  });

  it.each<{ whose: string; key: CustomerKey }>([
    { whose: 'another customer', key: bert },
    { whose: 'another bank', key: foreign },
  ])('does not know an attribute of $whose', async ({ key }) => {
    const { customer_attribute_id } = await harness.add(key);
    const before = await rows();
    expect(await refusal(remove(bank, customer_attribute_id, 'anna'))).toBe(attributeUnknown);
    if (key.bank_id !== bank) expect(await refusal(remove(bank, customer_attribute_id))).toBe(attributeUnknown);
    expect(await rows()).toEqual(before);
  });

  it.each(['nobody', 'customers', '', 'a\0b'])('answers 404 for the customer %j', async (customer_id) => {
    const { customer_attribute_id } = await harness.add(anna);
    expect(await refusal(remove(bank, customer_attribute_id, customer_id))).toBe(customerUnknown(customer_id));
    expect(await rows()).toHaveLength(kept.length + 1);
  });

  it('does not know an attribute of a deleted customer', async () => {
    const { customer_attribute_id } = await harness.add(anna);
    harness.customers.remove(anna);
    expect(await refusal(remove(bank, customer_attribute_id))).toBe(attributeUnknown);
    expect(await refusal(remove(bank, customer_attribute_id, 'anna'))).toBe(customerUnknown('anna'));
    expect(await rows()).toHaveLength(kept.length + 1);
  });

  it('lets one of 20 parallel deletions succeed', async () => {
    const { customer_attribute_id } = await harness.add(anna);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        remove(bank, customer_attribute_id, n % 2 === 0 ? null : 'anna').then(
          () => 'ok',
          (error: Error) => error.message,
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === attributeUnknown)).toHaveLength(19);
  });
});

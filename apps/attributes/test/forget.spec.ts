import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CustomerKey } from '@platform/messages';
import { Client } from 'pg';
import {
  bank,
  contextFor,
  createHarness,
  customerUnknown,
  type Harness,
  invalid,
  methods,
  otherBank,
  refusal,
} from './harness.js';

describe('forgetCustomerAttributes', () => {
  let harness: Harness;
  let replica: Awaited<ReturnType<Harness['replica']>>;
  beforeAll(async () => {
    harness = await createHarness();
    replica = await harness.replica();
  });
  afterAll(async () => {
    await replica.close();
    await harness.close();
  });

  const customer = (customer_id: string, bank_id = bank): CustomerKey => {
    const key = { bank_id, customer_id };
    harness.customers.add(key);
    return key;
  };
  const forget = (key: CustomerKey | null) => harness.call(methods.forget, { key });
  const rowsOf = ({ bank_id, customer_id }: CustomerKey) =>
    harness.sql('select * from customer_attribute where bank_id = $1 and customer_id = $2', [bank_id, customer_id]);

  it('removes the attributes of that customer alone and takes no more of them', async () => {
    const key = customer('forgotten');
    const others = [customer('other'), customer('forgotten', otherBank)];
    for (const one of [key, key, ...others]) await harness.add(one);
    expect(await forget(key)).toEqual({});
    expect(await rowsOf(key)).toEqual([]);
    for (const one of others) expect(await rowsOf(one)).toHaveLength(1);
    expect(await refusal(harness.add(key))).toBe(customerUnknown('forgotten'));
    for (const one of others) await harness.add(one);
  });

  it('may be repeated, and told of a customer without attributes', async () => {
    const key = customer('twice');
    for (let n = 0; n < 3; n += 1) expect(await forget(key)).toEqual({});
    await Promise.all(Array.from({ length: 10 }, () => forget(key)));
    expect(await refusal(harness.add(key))).toBe(customerUnknown('twice'));
    expect(await harness.sql(`select * from customer_presence where customer_id = 'twice'`)).toEqual([
      { ...key, is_deleted: true },
    ]);
  });

  it('wants a key', async () => {
    expect(await refusal(forget(null))).toBe(invalid('The field key must be given.'));
  });

  it('removes more attributes than one part has, also when it is told several times at once', async () => {
    const key = customer('rich');
    await harness.sql(
      `insert into customer_attribute select $1, 'r' || i, $2, 'N', 'STRING', 'V' from generate_series(1, 25000) i`,
      [bank, key.customer_id],
    );
    await Promise.all(
      Array.from({ length: 3 }, async () => {
        await forget(key);
        expect(await rowsOf(key)).toEqual([]);
      }),
    );
  });

  it('does not change an attribute that it has removed', async () => {
    const key = customer('late');
    const { customer_attribute_id } = await harness.add(key);
    await forget(key);
    expect(
      await refusal(
        harness.call(methods.update, {
          ...key,
          customer_attribute_id,
          body: { name: 'N', type: 'STRING', value: 'V' },
        }),
      ),
    ).toBe(customerUnknown('late'));
  });

  it.each(Array.from({ length: 20 }, (_, round) => round))(
    'leaves nothing of 20 writers that race with it, round %d',
    async (round) => {
      const key = customer(`raced-${round}`);
      if (round % 2 === 1) await harness.add(key);
      // Every writer gets the response that the customer exists, before the customer is forgotten.
      let release = () => undefined as void;
      harness.customers.pause = new Promise<void>((resolve) => (release = resolve));
      const body = { name: 'N', type: 'STRING', value: 'V' };
      const writers = Array.from({ length: 20 }, (_, n) => {
        const request = { ...key, body };
        const writing =
          n % 2 === 0
            ? harness.add(key)
            : replica.peer.call(methods.create, request, contextFor(methods.create, request));
        return writing.then(
          () => 'added',
          (error: Error) => error.message,
        );
      });
      await new Promise((resolve) => setTimeout(resolve, 30));
      release();
      await new Promise((resolve) => setTimeout(resolve, round));
      await forget(key);
      const outcomes = await Promise.all(writers);
      expect(outcomes.filter((outcome) => outcome !== 'added' && outcome !== customerUnknown(key.customer_id))).toEqual(
        [],
      );
      expect(await rowsOf(key)).toEqual([]);
      expect(await refusal(harness.add(key))).toBe(customerUnknown(key.customer_id));
    },
  );

  describe('with a writer on another connection', () => {
    let writer: Client;
    beforeAll(async () => {
      writer = new Client({ connectionString: harness.url });
      await writer.connect();
    });
    afterAll(() => writer.end());

    it('waits for a writer that holds the customer, and removes what it added', async () => {
      const key = customer('held');
      await harness.add(key);
      await writer.query('begin');
      await writer.query('select is_deleted from customer_presence where bank_id = $1 and customer_id = $2 for share', [
        key.bank_id,
        key.customer_id,
      ]);
      await writer.query(`insert into customer_attribute values ($1, 'held', $2, 'N', 'STRING', 'V')`, [
        key.bank_id,
        key.customer_id,
      ]);
      const order: string[] = [];
      const forgetting = forget(key).then(() => order.push('forgotten'));
      await new Promise((resolve) => setTimeout(resolve, 200));
      order.push('committed');
      await writer.query('commit');
      await forgetting;
      expect(order).toEqual(['committed', 'forgotten']);
      expect(await rowsOf(key)).toEqual([]);
    });

    it('lets a writer wait for it, who then learns that the customer is gone', async () => {
      const key = customer('forgotten-first');
      await harness.add(key);
      await writer.query('begin');
      await writer.query('update customer_presence set is_deleted = true where bank_id = $1 and customer_id = $2', [
        key.bank_id,
        key.customer_id,
      ]);
      await writer.query('delete from customer_attribute where bank_id = $1 and customer_id = $2', [
        key.bank_id,
        key.customer_id,
      ]);
      const adding = refusal(harness.add(key));
      await new Promise((resolve) => setTimeout(resolve, 200));
      await writer.query('commit');
      expect(await adding).toBe(customerUnknown('forgotten-first'));
      expect(await rowsOf(key)).toEqual([]);
    });
  });
});

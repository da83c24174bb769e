import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Call } from '@platform/grpc';
import { isOnCitus } from '@platform/testing';
import {
  type AttributesOfCustomer,
  BatchGetCustomerAttributesResponse,
  type CustomerKey,
  type MatchCustomersRequest,
} from '@platform/messages';
import { createReader, openOrm, type Reader } from '@platform/persistence';
import { customerAttributeLookup } from '../src/customer-attribute/customer-attribute-lookup.rpc.js';
import { database } from '../src/gen/database.js';
import { bank, createHarness, type Harness, invalid, methods, otherBank, refusal } from './harness.js';

const keyOf = (customer_id: string, bank_id = bank): CustomerKey => ({ bank_id, customer_id });
/** A text of this many characters with the most bytes: four each. */
const wide = (length: number) => '😀'.repeat(length);

describe('what other services ask of the attributes', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
  });
  beforeEach(async () => {
    await harness.sql('delete from customer_attribute');
  });
  afterAll(() => harness.close());

  const insert = (customer_id: string, name: string, value: string, bank_id = bank) =>
    harness.sql('insert into customer_attribute select $1, gen_random_uuid(), $2, $3, $4, $5', [
      bank_id,
      customer_id,
      name,
      'STRING',
      value,
    ]);

  describe('batchGetCustomerAttributes', () => {
    it('answers the attributes of each customer, oldest first, without asking whether it exists', async () => {
      harness.customers.add(keyOf('a'), keyOf('b'), keyOf('a', otherBank));
      const a = [await harness.add(keyOf('a')), await harness.add(keyOf('a'))];
      const b = [await harness.add(keyOf('b'))];
      const foreign = [await harness.add(keyOf('a', otherBank))];
      const asked = harness.customers.calls;
      expect(
        await harness.batch([keyOf('b'), keyOf('nobody'), keyOf('a'), keyOf('b', otherBank), keyOf('a', otherBank)]),
      ).toEqual([
        { key: keyOf('b'), customer_attributes: b },
        { key: keyOf('a'), customer_attributes: a },
        { key: keyOf('a', otherBank), customer_attributes: foreign },
      ]);
      expect(harness.customers.calls).toBe(asked);
    });

    it('answers a repeated key once and knows none that is no id', async () => {
      await insert('a', 'N', 'V');
      const keys = [keyOf('a\0'), keyOf(''), keyOf('x y'), keyOf('a'), keyOf('a'), keyOf('a', '\0')];
      expect(await harness.batch(keys)).toEqual([
        { key: keyOf('a'), customer_attributes: [expect.objectContaining({ name: 'N' })] },
      ]);
    });

    it('answers one empty message when there is nothing', async () => {
      for (const keys of [[], [keyOf('nobody')], [keyOf('\0')]])
        expect(await harness.messages(methods.batchGet, { keys })).toEqual([{ customers: [] }]);
    });

    it('takes 1,000 keys and no more', async () => {
      const keys = Array.from({ length: 1000 }, (_, n) => keyOf(`c${n}`));
      await harness.sql(
        `insert into customer_attribute select $1, gen_random_uuid(), 'c' || i % 1000, 'N', 'STRING', i from generate_series(0, 2999) i`,
        [bank],
      );
      const customers = await harness.batch(keys);
      expect(joined(customers).map(({ key }) => key)).toEqual(keys);
      expect(joined(customers).every(({ customer_attributes }) => customer_attributes.length === 3)).toBe(true);
      expect(await refusal(harness.batch([...keys, keyOf('one more')]))).toBe(
        invalid('keys must not have more than 1000 elements.'),
      );
    });

    it.each([399, 400, 401, 1200])(
      'joins %d of the largest attributes of one customer from messages of less than 4 MB',
      async (count) => {
        await harness.sql(
          `insert into customer_attribute select $1, lpad(i::text, 36, '0'), $2, $3, 'DATE_WITH_DAY', $4 from generate_series(1, $5::int) i`,
          [bank, 'x'.repeat(255), wide(50), wide(2000), count],
        );
        await insert('zz', 'N', 'V');
        const messages = await harness.messages(methods.batchGet, { keys: [keyOf('x'.repeat(255)), keyOf('zz')] });
        for (const message of messages)
          expect(BatchGetCustomerAttributesResponse.encode(message).finish().length).toBeLessThan(4_000_000);
        const customers = joined(messages.flatMap(({ customers: found }) => found));
        expect(customers.map(({ key }) => key?.customer_id)).toEqual(['x'.repeat(255), 'zz']);
        expect(
          customers[0]?.customer_attributes.map(({ customer_attribute_id }) => Number(customer_attribute_id)),
        ).toEqual(Array.from({ length: count }, (_, n) => n + 1));
      },
    );

    it('stays under 4 MB with a large attribute of each of many customers', async () => {
      const ids = Array.from({ length: 450 }, (_, n) => `${n}`.padStart(255, 'x'));
      await harness.sql(
        `insert into customer_attribute select $1, gen_random_uuid(), id, $3, 'DATE_WITH_DAY', $4 from unnest($2::text[]) id`,
        ['b'.repeat(255), ids, wide(50), wide(2000)],
      );
      const messages = await harness.messages(methods.batchGet, { keys: ids.map((id) => keyOf(id, 'b'.repeat(255))) });
      expect(messages.map(({ customers }) => customers.length)).toEqual([400, 50]);
      for (const message of messages)
        expect(BatchGetCustomerAttributesResponse.encode(message).finish().length).toBeLessThan(4_000_000);
    });

    it('reads an answer of one message with one query, also for several banks', async () => {
      await harness.sql(
        `insert into customer_attribute select $1, gen_random_uuid(), 'a', 'N', 'STRING', i from generate_series(1, 399) i`,
        [bank],
      );
      const orm = await openOrm({ ...database, url: harness.url, pool: 1 });
      const reader = createReader(harness.url, 2, { distributed: isOnCitus() });
      const lanes: string[] = [];
      const counted: Reader = {
        ...reader,
        rows: (query) => (lanes.push('rows'), reader.rows(query)),
        page: (query) => (lanes.push('page'), reader.page(query)),
      };
      const { batchGetCustomerAttributes } = customerAttributeLookup(orm, counted);
      const messages: BatchGetCustomerAttributesResponse[] = [];
      for await (const message of batchGetCustomerAttributes?.(
        { keys: [keyOf('a'), keyOf('a', 'other')] },
        {} as Call,
      ) ?? [])
        messages.push(message);
      await reader.close();
      await orm.close(true);
      expect(messages.map(({ customers }) => customers[0]?.customer_attributes.length)).toEqual([399]);
      // Distributed tables are read bank by bank.
      expect(lanes).toEqual(isOnCitus() ? ['rows', 'rows'] : ['rows']);
    });
  });

  describe('matchCustomers', () => {
    const match = async (request: Partial<MatchCustomersRequest>) =>
      (await harness.call(methods.match, { bank_id: bank, pairs: [], limit: 10_000, among: [], ...request }))
        .customer_ids;
    const pair = (name: string, value: string) => ({ name, value });

    it('answers the customers that have any of the pairs, each once, by id', async () => {
      await insert('c', 'COLOUR', 'red');
      await insert('c', 'SIZE', 'L');
      await insert('a', 'COLOUR', 'red');
      await insert('a', 'COLOUR', 'red');
      await insert('b', 'COLOUR', 'blue');
      await insert('B', 'SIZE', 'L');
      await insert('d', 'SIZE', 'red');
      await insert('e', 'COLOUR', 'red', otherBank);
      const red = pair('COLOUR', 'red');
      const large = pair('SIZE', 'L');
      expect(await match({ pairs: [red] })).toEqual(['a', 'c']);
      expect(await match({ pairs: [red, large, red] })).toEqual(['B', 'a', 'c']);
      expect(await match({ pairs: [red, large], limit: 2 })).toEqual(['B', 'a']);
      expect(await match({ pairs: [red], bank_id: otherBank })).toEqual(['e']);
      expect(await match({ pairs: [pair('colour', 'red'), pair('COLOUR', 'Red'), pair('COLOUR', '')] })).toEqual([]);
      expect(await match({})).toEqual([]);
      expect(await match({ pairs: [red, large], among: ['d', 'c', 'B', 'c', 'nobody', 'e', 'a\0', ''] })).toEqual([
        'B',
        'c',
      ]);
      expect(await match({ pairs: [red, large], among: ['c', 'B', 'a'], limit: 1 })).toEqual(['B']);
      expect(await match({ pairs: [red], among: ['\0', ''] })).toEqual([]);
    });

    it('compares long values to their end', async () => {
      const stem = wide(1999);
      await insert('a', wide(50), `${stem}a`);
      await insert('b', wide(50), `${stem}b`);
      await insert('c', wide(50), stem);
      expect(await match({ pairs: [pair(wide(50), `${stem}b`)] })).toEqual(['b']);
      expect(await match({ pairs: [pair(wide(50), `${stem}b`)], among: ['a', 'b', 'c'] })).toEqual(['b']);
    });

    it('answers 10,000 customers', async () => {
      await harness.sql(
        `insert into customer_attribute select $1, gen_random_uuid(), 'c' || lpad(i::text, 5, '0'), 'N', 'STRING', 'V' from generate_series(1, 10100) i`,
        [bank],
      );
      const ids = await match({ pairs: [pair('N', 'V')] });
      expect(ids).toEqual(Array.from({ length: 10_000 }, (_, n) => `c${`${n + 1}`.padStart(5, '0')}`));
      expect(await match({ pairs: [pair('N', 'V')], among: [...ids].reverse().slice(0, 1000) })).toEqual(
        ids.slice(-1000),
      );
    });

    it.each([0, -1, 10_001])('refuses the limit %d', async (limit) => {
      expect(await refusal(match({ limit }))).toMatch(/^OBP-10025/);
    });

    it('refuses too many customers and texts that no attribute has', async () => {
      expect(await refusal(match({ among: Array<string>(1001).fill('a') }))).toBe(
        invalid('among must not have more than 1000 elements.'),
      );
      expect(await refusal(match({ pairs: [pair('\0', '')] }))).toBe(
        invalid('pairs.name must not contain the NUL character.'),
      );
      expect(await refusal(match({ pairs: [pair('', '\0')] }))).toBe(
        invalid('pairs.value must not contain the NUL character.'),
      );
    });
  });
});

/** Joins the entries of a customer whose attributes come in more than one message. */
function joined(customers: readonly AttributesOfCustomer[]): AttributesOfCustomer[] {
  const all: AttributesOfCustomer[] = [];
  for (const one of customers) {
    const last = all.at(-1);
    if (last?.key?.customer_id === one.key?.customer_id && last !== undefined)
      last.customer_attributes.push(...one.customer_attributes);
    else all.push({ ...one, customer_attributes: [...one.customer_attributes] });
  }
  return all;
}

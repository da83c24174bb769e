import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  attributeBody,
  attributeUnknown,
  bank,
  createHarness,
  customerUnknown,
  type Harness,
  invalid,
  methods,
  otherBank,
  bodyMissing,
  refusal,
} from './harness.js';

const anna = { bank_id: bank, customer_id: 'anna' };
const bert = { bank_id: bank, customer_id: 'bert' };
const foreign = { bank_id: otherBank, customer_id: 'anna' };
const unknown = { bank_id: bank, customer_id: 'nobody' };
const typeRule = invalid(
  'The `Type` field can only accept the following field: DOUBLE(12.1234), STRING(TAX_NUMBER), INTEGER(123) and DATE_WITH_DAY(2012-04-23)',
);
const notIds = ['', 'a b', 'a\0', '%', "'", 'x'.repeat(256)];

describe('attributes of a customer', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
    harness.customers.add(anna, bert, foreign);
  });
  afterAll(() => harness.close());

  const getOne = (key: typeof anna, customer_attribute_id: string) =>
    harness.call(methods.getOne, { ...key, customer_attribute_id });
  const update = (key: typeof anna, customer_attribute_id: string, body = attributeBody({ value: 'changed' })) =>
    harness.call(methods.update, { ...key, customer_attribute_id, body });
  const rows = () => harness.sql('select * from customer_attribute order by customer_attribute_id');
  const inserts = (body: object) => harness.call(methods.create, { ...anna, body: { ...attributeBody(), ...body } });

  it('createCustomerAttribute stores the attribute and answers it', async () => {
    const created = await harness.add(anna);
    expect(created).toEqual({
      customer_attribute_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'SPECIAL_TAX_NUMBER',
      type: 'STRING',
      value: '123456789',
      version: 1,
    });
    expect(
      await harness.sql('select * from customer_attribute where customer_attribute_id = $1', [
        created.customer_attribute_id,
      ]),
    ).toEqual([{ ...created, ...anna }]);
    expect(await getOne(anna, created.customer_attribute_id)).toEqual(created);
  });

  it.each(["it's", 'back\\slash', 'a ? and ??', ':name $1 %s', '"json" {}', '😀 ü', 'line\nbreak', '', ' blanks '])(
    'stores any text unchanged: %j',
    async (text) => {
      const created = await harness.add(bert, { name: text, value: text });
      expect(created).toMatchObject({ name: text, value: text });
      expect(await getOne(bert, created.customer_attribute_id)).toEqual(created);
      const changed = await update(
        bert,
        created.customer_attribute_id,
        attributeBody({ name: `${text}!`, value: `${text}!` }),
      );
      expect(await getOne(bert, created.customer_attribute_id)).toEqual(changed);
      expect(changed.value).toBe(`${text}!`);
    },
  );

  it.each([
    { type: 'STRING', value: 'TAX_NUMBER' },
    { type: 'INTEGER', value: '9'.repeat(2000) },
    { type: 'DOUBLE', value: '-12.5e-3' },
    { type: 'DATE_WITH_DAY', value: '2024-02-29' },
  ])('takes a value of type $type', async (body) => {
    expect(await harness.add(anna, body)).toMatchObject(body);
  });

  it('refuses bodies in the order shape, limits, type, value, without asking for the customer', async () => {
    const before = await rows();
    const asked = harness.customers.calls;
    const cases: [object | null, string][] = [
      [null, bodyMissing],
      [{ name: 'x'.repeat(51), type: 'NONE' }, invalid('name must not be longer than 50 characters.')],
      [{ value: 'x'.repeat(2001), type: 'NONE' }, invalid('value must not be longer than 2000 characters.')],
      [{ name: 'a\0b' }, invalid('name must not contain the NUL character.')],
      [{ value: 'a\0b' }, invalid('value must not contain the NUL character.')],
      ...['', 'string', 'STRING ', 'INT', 'constructor'].map((type): [object, string] => [
        { type, value: 'x' },
        typeRule,
      ]),
      [
        { type: 'INTEGER', value: 'abc' },
        invalid('The `Value` field must be an integer like 123, because the `Type` is INTEGER.'),
      ],
      [
        { type: 'DOUBLE', value: 'NaN' },
        invalid('The `Value` field must be a finite decimal number like 12.1234, because the `Type` is DOUBLE.'),
      ],
      [
        { type: 'DATE_WITH_DAY', value: '2023-02-30' },
        invalid(
          'The `Value` field must be a day of the calendar like 2012-04-23, because the `Type` is DATE_WITH_DAY.',
        ),
      ],
    ];
    for (const [change, message] of cases) {
      const body = change === null ? null : attributeBody(change);
      expect(await refusal(harness.call(methods.create, { ...unknown, body }))).toBe(message);
      expect(await refusal(harness.call(methods.update, { ...unknown, customer_attribute_id: 'x', body }))).toBe(
        message,
      );
    }
    expect(harness.customers.calls).toBe(asked);
    expect(await rows()).toEqual(before);
  });

  it('counts characters, not UTF-16 units, and keeps the longest of each', async () => {
    const created = await inserts({ name: '😀'.repeat(50), value: '😀'.repeat(2000) });
    expect(await getOne(anna, created.customer_attribute_id)).toEqual(created);
    expect(await refusal(inserts({ name: '😀'.repeat(51) }))).toBe(
      invalid('name must not be longer than 50 characters.'),
    );
  });

  it('answers 404 for a customer that the bank does not have', async () => {
    const { customer_attribute_id } = await harness.add(foreign);
    const before = await rows();
    for (const customer_id of ['nobody', 'Anna', ...notIds]) {
      const key = { bank_id: bank, customer_id };
      const message = customerUnknown(customer_id);
      expect(await refusal(harness.add(key))).toBe(message);
      expect(await refusal(update(key, customer_attribute_id))).toBe(message);
      expect(await refusal(getOne(key, customer_attribute_id))).toBe(message);
      expect(await refusal(harness.attributesOf(key))).toBe(message);
    }
    expect(await rows()).toEqual(before);
  });

  it('hides the attributes of a deleted customer at once', async () => {
    const gone = { bank_id: bank, customer_id: 'gone' };
    harness.customers.add(gone);
    const { customer_attribute_id } = await harness.add(gone);
    harness.customers.remove(gone);
    const calls: Promise<unknown>[] = [
      getOne(gone, customer_attribute_id),
      update(gone, customer_attribute_id),
      harness.attributesOf(gone),
      harness.add(gone),
    ];
    expect(await Promise.all(calls.map(refusal))).toEqual(calls.map(() => customerUnknown('gone')));
  });

  it('updateCustomerAttribute replaces name, type and value', async () => {
    const { customer_attribute_id } = await harness.add(anna);
    const changed = { name: 'OTHER', type: 'INTEGER', value: '42' };
    const answer = { customer_attribute_id, ...changed, version: 2 };
    expect(await update(anna, customer_attribute_id, changed)).toEqual(answer);
    expect(
      await harness.sql('select * from customer_attribute where customer_attribute_id = $1', [customer_attribute_id]),
    ).toEqual([{ ...answer, ...anna }]);
  });

  it('knows an attribute only at its customer and bank', async () => {
    const { customer_attribute_id } = await harness.add(anna);
    const before = await rows();
    for (const key of [bert, foreign]) {
      expect(await refusal(getOne(key, customer_attribute_id))).toBe(attributeUnknown);
      expect(await refusal(update(key, customer_attribute_id))).toBe(attributeUnknown);
    }
    for (const id of ['nothing', ...notIds]) {
      expect(await refusal(getOne(anna, id))).toBe(attributeUnknown);
      expect(await refusal(update(anna, id))).toBe(attributeUnknown);
    }
    expect(await rows()).toEqual(before);
  });

  it('wants the type of the active definition of the name at the bank', async () => {
    const name = 'AGE';
    const { customer_attribute_id } = await harness.add(anna, { name, value: 'young' });
    await harness.define({ name, type: 'INTEGER', is_active: false });
    await harness.define({ name, type: 'INTEGER' }, otherBank);
    await harness.add(anna, { name, value: 'before it is active' });
    await harness.define({ name, type: 'INTEGER' });
    const message = invalid("The `Type` field must be INTEGER, as the bank's definition of the attribute AGE says.");
    expect(await refusal(harness.add(anna, { name, value: 'old' }))).toBe(message);
    expect(await refusal(update(anna, customer_attribute_id, attributeBody({ name })))).toBe(message);
    expect(await refusal(update(anna, 'nothing', attributeBody({ name })))).toBe(attributeUnknown);
    expect(await refusal(harness.add(unknown, { name }))).toBe(customerUnknown('nobody'));
    expect(await harness.add(anna, { name, type: 'INTEGER', value: '42' })).toMatchObject({ value: '42' });
    expect(await harness.add(anna, { name: 'age', value: 'another name' })).toMatchObject({ type: 'STRING' });
    expect(await getOne(anna, customer_attribute_id)).toMatchObject({ value: 'young' });
  });

  it("refuses what does not fit beside the customer's other attributes", async () => {
    const full = { bank_id: bank, customer_id: 'full' };
    harness.customers.add(full);
    const { customer_attribute_id } = await harness.add(full, { value: 'x' });
    await harness.sql(
      `insert into customer_attribute select $1, 'g' || lpad(i::text, 6, '0'), 'full', 'n', 'STRING', repeat('語', 2000) from generate_series(1, 163) i`,
      [bank],
    );
    const message = invalid('The attributes of a customer must not take more than 1000000 bytes.');
    const long = attributeBody({ value: '語'.repeat(2000) });
    expect(await refusal(harness.add(full, long))).toBe(message);
    expect(await refusal(update(full, customer_attribute_id, long))).toBe(message);
    // The value that an update replaces does not count.
    expect(await update(full, customer_attribute_id, attributeBody({ value: 'y' }))).toMatchObject({ value: 'y' });
    expect(await update(full, 'g000001', long)).toMatchObject({ value: long.value });
    expect(await harness.add(full, { value: 'small' })).toMatchObject({ value: 'small' });
    expect(await harness.add(anna, long)).toMatchObject({ type: 'STRING' });
  });

  it('getCustomerAttributes streams the list oldest first, in bounded messages', async () => {
    const many = { bank_id: bank, customer_id: 'many' };
    harness.customers.add(many);
    expect(await harness.messages(methods.getAll, many)).toEqual([{ customer_attributes: [] }]);
    const created = [];
    for (let n = 0; n < 5; n += 1) created.push(await harness.add(many, { value: String(n) }));
    expect(await harness.messages(methods.getAll, many)).toEqual([{ customer_attributes: created }]);
    await harness.sql(
      `insert into customer_attribute select $1, 'f' || lpad(i::text, 6, '0'), 'many', repeat('😀', 50), 'STRING', repeat('😀', 2000) from generate_series(6, 1200) i`,
      [bank],
    );
    const messages = await harness.messages(methods.getAll, many);
    expect(messages.map(({ customer_attributes }) => customer_attributes.length)).toEqual([400, 400, 400]);
    const ids = messages.flatMap(({ customer_attributes }) =>
      customer_attributes.map((one) => one.customer_attribute_id),
    );
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(1200);
  });

  it('answers neither reads nor writes while the customers service fails', async () => {
    const { customer_attribute_id } = await harness.add(anna);
    const before = await rows();
    harness.customers.broken = true;
    const calls: Promise<unknown>[] = [
      harness.add(anna),
      update(anna, customer_attribute_id),
      getOne(anna, customer_attribute_id),
      harness.attributesOf(anna),
    ];
    expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(calls.map(() => 'rejected'));
    harness.customers.broken = false;
    expect(await rows()).toEqual(before);
    expect(await getOne(anna, customer_attribute_id)).toMatchObject({ customer_attribute_id });
  });
});

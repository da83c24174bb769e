import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CustomerV310 } from '@platform/messages';
import { bank, createHarness, type Harness, refusal } from './harness.js';

/** Each update: its body, what it changes, and a text of the body that is too long, with the error. */
const updates = [
  {
    method: 'updateCustomerBranch',
    body: { branch_id: 'LONDON' },
    changed: { branch_id: 'LONDON' },
    long: { branch_id: 'x'.repeat(256) },
    field: 'branch_id',
    limit: 255,
  },
  {
    method: 'updateCustomerCreditLimit',
    body: { credit_limit: { currency: 'GBP', amount: '1000' } },
    changed: { credit_limit: { currency: 'GBP', amount: '1000' } },
    long: { credit_limit: { currency: 'x'.repeat(101), amount: '' } },
    field: 'credit_limit.currency',
    limit: 100,
  },
  {
    method: 'updateCustomerCreditRatingAndSource',
    body: { credit_rating: 'A', credit_source: 'S' },
    changed: { credit_rating: { rating: 'A', source: 'S' } },
    long: { credit_rating: '', credit_source: 'x'.repeat(101) },
    field: 'credit_source',
    limit: 100,
  },
  {
    method: 'updateCustomerEmail',
    body: { email: ' New@Example.COM' },
    changed: { email: 'new@example.com' },
    long: { email: 'x'.repeat(201) },
    field: 'email',
    limit: 200,
  },
  {
    method: 'updateCustomerIdentity',
    body: { legal_name: 'New Name', date_of_birth: '1980-02-29T00:00:00Z', title: 'Ms', name_suffix: 'II' },
    changed: { legal_name: 'New Name', date_of_birth: '1980-02-29T00:00:00Z', title: 'Ms', name_suffix: 'II' },
    long: { legal_name: '', title: 'x'.repeat(256), name_suffix: '' },
    field: 'title',
    limit: 255,
  },
  {
    method: 'updateCustomerMobileNumber',
    body: { mobile_phone_number: '+1' },
    changed: { mobile_phone_number: '+1' },
    long: { mobile_phone_number: 'x'.repeat(51) },
    field: 'mobile_phone_number',
    limit: 50,
  },
  {
    method: 'updateCustomerNumber',
    body: { customer_number: 'n::::1' },
    changed: { customer_number: 'n::::1' },
    long: { customer_number: 'x'.repeat(51) },
    field: 'customer_number',
    limit: 50,
  },
  {
    method: 'updateCustomerData',
    body: {
      face_image: { url: 'https://example.com/2', date: '2020-01-01T00:00:00Z' },
      relationship_status: 'married',
      dependants: 7,
      highest_education_attained: 'PhD',
      employment_status: 'none',
    },
    changed: {
      face_image: { url: 'https://example.com/2', date: '2020-01-01T00:00:00Z' },
      relationship_status: 'married',
      dependants: 7,
      highest_education_attained: 'PhD',
      employment_status: 'none',
    },
    long: {
      face_image: { url: 'x'.repeat(2001) },
      relationship_status: '',
      dependants: 0,
      highest_education_attained: '',
      employment_status: '',
    },
    field: 'face_image.url',
    limit: 2000,
  },
] as const;

describe('updates of a customer', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
  });
  afterAll(() => harness.close());

  const update = (
    method: (typeof updates)[number]['method'],
    customer_id: string,
    body: object | null,
    bank_id = bank,
  ): Promise<CustomerV310> => harness.call(method, { bank_id, customer_id, body: body as never });
  const stored = async (customer_id: string, bank_id = bank) =>
    (await harness.call('batchGetCustomers', { keys: [{ bank_id, customer_id }] })).customers[0];
  const seed = () =>
    harness.create({
      email: 'a@b.c',
      title: 'Mr',
      branch_id: 'OLD',
      dependants: 1,
      dob_of_dependants: ['2013-01-21T23:08:00Z'],
      last_ok_date: '2024-03-05T12:14:22Z',
    });

  it.each(updates)('$method changes its columns and nothing else', async ({ method, body, changed }) => {
    const before = await seed();
    await harness.sql(`update customer set updated_at = '2020-01-01Z' where customer_id = $1`, [before.customer_id]);
    const answer = await update(method, before.customer_id, body);
    expect(answer).toEqual({ ...before, ...changed, version: 2 });
    expect(await stored(before.customer_id)).toEqual(answer);
    const [row] = await harness.sql<{ fresh: boolean; version: number }>(
      `select updated_at > now() - interval '1 minute' as fresh, version from customer where customer_id = $1`,
      [before.customer_id],
    );
    expect(row).toEqual({ fresh: true, version: 2 });
  });

  it.each(updates)('$method refuses an unknown customer', async ({ method, body }) => {
    for (const id of ['unknown', "x' or '1'='1", 'ffffffff-ffff-7fff-bfff-ffffffffffff']) {
      expect(await refusal(update(method, id, body))).toBe(
        `OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(${id})`,
      );
    }
  });

  it.each(updates)("$method finds no other bank's customer", async ({ method, body }) => {
    const foreign = await harness.create({}, 'other');
    expect(await refusal(update(method, foreign.customer_id, body))).toMatch(/^OBP-30046/);
    expect(await stored(foreign.customer_id, 'other')).toEqual(foreign);
  });

  it.each(updates)(
    '$method refuses an over-long text before it looks for the customer',
    async ({ method, long, field, limit }) => {
      expect(await refusal(update(method, 'unknown', long))).toBe(
        `OBP-10001: Incorrect json format. ${field} must not be longer than ${limit} characters.`,
      );
    },
  );

  it.each(updates)('$method refuses a missing body and finds nothing under what is no id', async ({ method, body }) => {
    expect(await refusal(update(method, 'unknown', null))).toBe(
      'OBP-10001: Incorrect json format. The field body must be given.',
    );
    for (const id of ['a\0', 'a b', 'x'.repeat(256), ''])
      expect(await refusal(update(method, id, body))).toContain(
        `OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(${id})`,
      );
  });

  it('updateCustomerIdentity clears a date of birth with null', async () => {
    const before = await harness.create({ date_of_birth: '1990-05-15T00:00:00Z' });
    const answer = await update('updateCustomerIdentity', before.customer_id, {
      legal_name: '',
      date_of_birth: null,
      title: '',
      name_suffix: '',
    });
    expect(answer.date_of_birth).toBeNull();
    expect(await stored(before.customer_id)).toEqual(answer);
  });

  it('updateCustomerCreditLimit and updateCustomerData refuse a missing object', async () => {
    const { customer_id } = await seed();
    expect(await refusal(update('updateCustomerCreditLimit', customer_id, { credit_limit: null }))).toMatch(
      /^OBP-10001/,
    );
    const data = {
      face_image: null,
      relationship_status: '',
      dependants: 0,
      highest_education_attained: '',
      employment_status: '',
    };
    expect(await refusal(update('updateCustomerData', customer_id, data))).toMatch(/^OBP-10001/);
  });

  it('updateCustomerNumber refuses a taken number, the own one too', async () => {
    const taken = await harness.create({ customer_number: 'taken' });
    const other = await harness.create({ customer_number: 'free' });
    for (const { customer_id } of [taken, other]) {
      expect(await refusal(update('updateCustomerNumber', customer_id, { customer_number: 'taken' }))).toBe(
        'OBP-30006: Customer Number already exists. Please specify a different value for BANK_ID or CUSTOMER_NUMBER. Current customer_number(taken) and Current bank_id(gh.29.uk)',
      );
    }
    expect(await stored(other.customer_id)).toEqual(other);
  });

  it('lets one of 20 parallel updates have a number', async () => {
    const customers = await Promise.all(Array.from({ length: 20 }, () => harness.create()));
    const outcomes = await Promise.all(
      customers.map(({ customer_id }) =>
        update('updateCustomerNumber', customer_id, { customer_number: 'wanted' }).then(
          () => 'ok',
          (error: Error) => error.message.slice(0, 9),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'OBP-30006')).toHaveLength(19);
  });

  it('loses none of parallel updates of different columns of one customer', async () => {
    const { customer_id } = await seed();
    await Promise.all(
      Array.from({ length: 5 }, () =>
        updates
          .filter(({ method }) => method !== 'updateCustomerNumber')
          .map(({ method, body }) => update(method, customer_id, body)),
      ).flat(),
    );
    const changed = updates
      .filter(({ method }) => method !== 'updateCustomerNumber')
      .reduce<object>((sum, one) => ({ ...sum, ...one.changed }), {});
    expect(await stored(customer_id)).toMatchObject(changed);
  });
});

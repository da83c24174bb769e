import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CustomerV310 } from '@platform/messages';
import { bank, createHarness, customerBody, type Harness, refusal } from './harness.js';

describe('createCustomer', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
  });
  afterAll(() => harness.close());

  const stored = async (customer_id: string): Promise<CustomerV310 | undefined> =>
    (await harness.call('batchGetCustomers', { keys: [{ bank_id: bank, customer_id }] })).customers[0];
  const count = async () => (await harness.sql<{ count: string }>('select count(*) from customer'))[0]?.count;

  const full = customerBody({
    customer_number: '5987953',
    legal_name: `Zoë "O'Neil" \\ ? $1 :x ?? 中 😀`,
    mobile_phone_number: '+49 30 381',
    email: ' Foo@Example.com ',
    face_image: { url: 'https://example.com/1.png', date: '2017-09-19T00:00:00Z' },
    date_of_birth: '1990-05-15T23:59:59Z',
    relationship_status: 'single',
    dependants: 2,
    dob_of_dependants: ['2013-01-21T23:08:00Z', '2010-01-01T00:00:00Z'],
    credit_rating: { rating: 'AAA', source: 'OBP' },
    credit_limit: { currency: 'EUR', amount: '10.50' },
    highest_education_attained: 'Master',
    employment_status: 'worker',
    kyc_status: true,
    last_ok_date: '2024-03-05T12:14:22Z',
    title: 'Dr.',
    branch_id: 'DERBY6',
    name_suffix: 'Sr',
  });

  it('answers every value in wire order and stores them', async () => {
    const created = await harness.create(full);
    expect(JSON.stringify(created)).toBe(
      JSON.stringify({
        bank_id: bank,
        customer_id: created.customer_id,
        customer_number: '5987953',
        legal_name: full.legal_name,
        mobile_phone_number: '+49 30 381',
        email: 'foo@example.com',
        face_image: full.face_image,
        date_of_birth: '1990-05-15T23:59:59Z',
        relationship_status: 'single',
        dependants: 2,
        dob_of_dependants: full.dob_of_dependants,
        credit_rating: full.credit_rating,
        credit_limit: full.credit_limit,
        highest_education_attained: 'Master',
        employment_status: 'worker',
        kyc_status: true,
        last_ok_date: '2024-03-05T12:14:22Z',
        title: 'Dr.',
        branch_id: 'DERBY6',
        name_suffix: 'Sr',
        version: 1,
      }),
    );
    expect(await stored(created.customer_id)).toEqual(created);
  });

  it('answers the published absent values for a minimal body', async () => {
    const created = await harness.create();
    expect(created).toEqual({
      bank_id: bank,
      customer_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/),
      customer_number: expect.stringMatching(/^\d{1,10}$/),
      legal_name: 'Legal Name',
      mobile_phone_number: '+44 07972 444 876',
      email: '',
      face_image: { url: '', date: null },
      date_of_birth: null,
      relationship_status: '',
      dependants: 0,
      dob_of_dependants: [],
      credit_rating: { rating: '', source: '' },
      credit_limit: { currency: '', amount: '' },
      highest_education_attained: '',
      employment_status: '',
      kyc_status: false,
      last_ok_date: null,
      title: '',
      branch_id: '',
      name_suffix: '',
      version: 1,
    });
    expect(await stored(created.customer_id)).toEqual(created);
  });

  it('refuses a number taken at the bank, and takes it at another bank', async () => {
    await harness.create({ customer_number: 'taken' });
    expect(await refusal(harness.create({ customer_number: 'taken' }))).toBe(
      'OBP-30006: Customer Number already exists. Please specify a different value for BANK_ID or CUSTOMER_NUMBER. Current customer_number(taken) and Current bank_id(gh.29.uk)',
    );
    expect((await harness.create({ customer_number: 'taken' }, 'other')).bank_id).toBe('other');
  });

  it('takes the empty number once per bank', async () => {
    expect((await harness.create({ customer_number: '' })).customer_number).toBe('');
    expect(await refusal(harness.create({ customer_number: '' }))).toMatch(/^OBP-30006/);
  });

  it('lets exactly one of 50 parallel creates have a number', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () =>
        harness.create({ customer_number: 'race' }).then(
          () => 'created',
          (error: Error) => error.message.slice(0, 9),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'OBP-30006')).toHaveLength(49);
    expect(await harness.sql(`select from customer where customer_number = 'race'`)).toHaveLength(1);
  });

  it('gives 100 parallel creates without a number different ones, and ids in creation order', async () => {
    const created = await Promise.all(Array.from({ length: 100 }, () => harness.create()));
    expect(new Set(created.map(({ customer_number }) => customer_number)).size).toBe(100);
    const later = await harness.create();
    expect(created.every(({ customer_id }) => customer_id < later.customer_id)).toBe(true);
  });

  it.each([
    [
      'dependants without birthdays',
      { dependants: 2 },
      'OBP-10020: Incorrect json. The field dependants(2) not equal the length(0) of dob_of_dependants array',
    ],
    [
      'birthdays without dependants',
      { dob_of_dependants: ['2013-01-21T23:08:00Z'] },
      'OBP-10020: Incorrect json. The field dependants(0) not equal the length(1) of dob_of_dependants array',
    ],
    [
      'a number with ::::',
      { customer_number: 'a::::b' },
      'OBP-10001: Incorrect json format. customer_number can not contain `::::` characters',
    ],
    [
      'a NUL',
      { legal_name: 'a\0b' },
      'OBP-10001: Incorrect json format. legal_name must not contain the NUL character.',
    ],
    [
      'a NUL inside an object',
      { credit_limit: { currency: '\0', amount: '' } },
      'OBP-10001: Incorrect json format. credit_limit.currency must not contain the NUL character.',
    ],
    [
      'an over-long number',
      { customer_number: 'x'.repeat(51) },
      'OBP-10001: Incorrect json format. customer_number must not be longer than 50 characters.',
    ],
    [
      'an over-long mobile number',
      { mobile_phone_number: 'x'.repeat(51) },
      'OBP-10001: Incorrect json format. mobile_phone_number must not be longer than 50 characters.',
    ],
    [
      'an over-long name',
      { legal_name: 'x'.repeat(256) },
      'OBP-10001: Incorrect json format. legal_name must not be longer than 255 characters.',
    ],
    [
      'an over-long e-mail',
      { email: 'x'.repeat(201) },
      'OBP-10001: Incorrect json format. email must not be longer than 200 characters.',
    ],
    [
      'an over-long image URL',
      { face_image: { url: 'x'.repeat(2001) } },
      'OBP-10001: Incorrect json format. face_image.url must not be longer than 2000 characters.',
    ],
    [
      'an over-long rating',
      { credit_rating: { rating: 'x'.repeat(101), source: '' } },
      'OBP-10001: Incorrect json format. credit_rating.rating must not be longer than 100 characters.',
    ],
    [
      'an over-long amount',
      { credit_limit: { currency: '', amount: '1'.repeat(101) } },
      'OBP-10001: Incorrect json format. credit_limit.amount must not be longer than 100 characters.',
    ],
    [
      'an over-long education',
      { highest_education_attained: 'x'.repeat(256) },
      'OBP-10001: Incorrect json format. highest_education_attained must not be longer than 255 characters.',
    ],
    [
      'a text for a date',
      { date_of_birth: 'yesterday' },
      'OBP-10001: Incorrect json format. The Json body should be the PostCustomerJsonV310 (date_of_birth must be a date like 2013-01-21T23:08:00Z)',
    ],
    [
      'the 30th of February',
      { last_ok_date: '2023-02-30T00:00:00Z' },
      'OBP-10001: Incorrect json format. The Json body should be the PostCustomerJsonV310 (last_ok_date must be a date like 2013-01-21T23:08:00Z)',
    ],
    [
      'an impossible birthday of a dependant',
      { dependants: 1, dob_of_dependants: ['2023-02-30T00:00:00Z'] },
      'OBP-10001: Incorrect json format. The Json body should be the PostCustomerJsonV310 (dob_of_dependants[0] must be a date like 2013-01-21T23:08:00Z)',
    ],
    [
      '256 dependants',
      { dependants: 256, dob_of_dependants: Array.from({ length: 256 }, () => '2013-01-21T23:08:00Z') },
      'OBP-10001: Incorrect json format. dob_of_dependants must not have more than 255 elements.',
    ],
  ])('refuses %s and stores nothing', async (_, body, text) => {
    const before = await count();
    expect(await refusal(harness.create(body))).toBe(text);
    expect(await count()).toBe(before);
  });

  it('stores dates in UTC, cut to the second, for whoever calls the service itself', async () => {
    const created = await harness.create({
      date_of_birth: '1990-05-15T02:00:00.999+02:00',
      last_ok_date: '2024-03-05',
      dependants: 1,
      dob_of_dependants: [' 2000-02-29T23:30:00-01:00'],
    });
    expect(created).toMatchObject({
      date_of_birth: '1990-05-15T00:00:00Z',
      last_ok_date: '2024-03-05T00:00:00Z',
      dob_of_dependants: ['2000-03-01T00:30:00Z'],
    });
  });

  it('refuses a request without a body', async () => {
    expect(await refusal(harness.call('createCustomer', { bank_id: bank, body: null }))).toBe(
      'OBP-10001: Incorrect json format. The field body must be given.',
    );
  });

  it('takes every text at its limit, counting characters', async () => {
    const created = await harness.create({
      legal_name: '😀'.repeat(255),
      face_image: { url: 'u'.repeat(2000) },
      customer_number: 'n'.repeat(50),
      relationship_status: 'r'.repeat(255),
    });
    expect(await stored(created.customer_id)).toEqual(created);
  });
});

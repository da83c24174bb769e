import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allRoles, expectRefusal, newCustomer } from './operations.js';
import { type Platform, startPlatform, unique } from './platform.js';

let platform: Platform;
let bank_id: string;
let token: string;

beforeAll(async () => {
  platform = await startPlatform();
  bank_id = await platform.bank();
  ({ token } = await platform.person(...allRoles(bank_id)));
});
afterAll(() => platform.close());

const create = (body: unknown, bank = bank_id) => platform.call('POST', `/banks/${bank}/customers`, { token, body });
const read = (customer_id: unknown) =>
  platform.call('GET', `/banks/${bank_id}/customers/${String(customer_id)}`, { token });
const created = async (body: Record<string, unknown>) => {
  const { status, json, text } = await create({ ...newCustomer, ...body });
  expect([status, text]).toEqual([201, expect.any(String)]);
  return json;
};

/** A customer with every member, as it is posted and, except for its key, returned. */
const full = {
  legal_name: 'Eveline Tripman',
  mobile_phone_number: '+49 30 901820',
  email: 'eveline@example.com',
  face_image: { url: 'https://example.com/face.png', date: '2013-01-21T23:08:00Z' },
  date_of_birth: '1990-05-15T00:00:00Z',
  relationship_status: 'Single',
  dependants: 2,
  dob_of_dependants: ['2013-09-08T00:00:00Z', '2017-07-12T00:00:00Z'],
  credit_rating: { rating: 'OBP', source: 'OBP source' },
  credit_limit: { currency: 'EUR', amount: '10.10' },
  highest_education_attained: 'Bachelor’s Degree',
  employment_status: 'Employed',
  kyc_status: true,
  last_ok_date: '2024-03-05T12:14:22Z',
  title: 'Dr.',
  branch_id: 'DERBY6',
  name_suffix: 'Jr',
};

describe('createCustomer', () => {
  it('answers the documented minimal customer byte by byte, in the documented order', async () => {
    const { status, text, json } = await create(newCustomer);
    expect(status).toBe(201);
    expect(text).toBe(
      `{"bank_id":"${bank_id}","customer_id":"${String(json.customer_id)}","customer_number":"${String(json.customer_number)}","legal_name":"Legal Name","mobile_phone_number":"+44 07972 444 876","email":"","face_image":{"url":"","date":null},"date_of_birth":null,"relationship_status":"","dependants":0,"dob_of_dependants":[],"credit_rating":{"rating":"","source":""},"credit_limit":{"currency":"","amount":""},"highest_education_attained":"","employment_status":"","kyc_status":false,"last_ok_date":null,"title":"","branch_id":"","name_suffix":""}`,
    );
    expect(json.customer_id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(json.customer_number).toMatch(/^\d{1,10}$/);
  });

  it('answers a full customer as posted, and reads it back with its attributes', async () => {
    const customer_number = `F${unique()}`;
    const { status, json } = await create({ ...full, customer_number });
    const { legal_name, mobile_phone_number, ...rest } = full;
    const expected = {
      bank_id,
      customer_id: json.customer_id,
      customer_number,
      legal_name,
      mobile_phone_number,
      ...rest,
    };
    expect([status, JSON.stringify(json)]).toEqual([201, JSON.stringify(expected)]);
    const again = await read(json.customer_id);
    expect([again.status, again.text]).toEqual([200, JSON.stringify({ ...expected, customer_attributes: [] })]);
  });

  it('takes null for every optional member as absent', async () => {
    const optional = Object.keys(full).filter((name) => name !== 'legal_name' && name !== 'mobile_phone_number');
    const json = await created(Object.fromEntries([...optional, 'customer_number'].map((name) => [name, null])));
    expect(json).toMatchObject({
      email: '',
      face_image: { url: '', date: null },
      dependants: 0,
      dob_of_dependants: [],
      credit_limit: { currency: '', amount: '' },
      kyc_status: false,
      last_ok_date: null,
    });
    expect(json.customer_number).toMatch(/^\d{1,10}$/);
  });

  it('lower-cases and trims the e-mail and nothing else', async () => {
    const json = await created({ email: '  Foo@Example.COM ', title: '  Dr. ', legal_name: ' Ä "ß"\\ \u{1F600} \t' });
    expect(json).toMatchObject({ email: 'foo@example.com', title: '  Dr. ', legal_name: ' Ä "ß"\\ \u{1F600} \t' });
    expect((await read(json.customer_id)).json).toMatchObject({
      email: 'foo@example.com',
      title: '  Dr. ',
      legal_name: ' Ä "ß"\\ \u{1F600} \t',
    });
  });

  it('keeps a number or boolean as its very text', async () => {
    const body = `{"legal_name":true,"mobile_phone_number":49301e2,"credit_limit":{"currency":"EUR","amount":10.10},"title":-0.50}`;
    const { json } = await create(body);
    expect(json).toMatchObject({
      legal_name: 'true',
      mobile_phone_number: '49301e2',
      credit_limit: { currency: 'EUR', amount: '10.10' },
      title: '-0.50',
    });
    expect((await read(json.customer_id)).json).toMatchObject({ credit_limit: { currency: 'EUR', amount: '10.10' } });
  });

  it.each([
    ['2013-01-21T23:08:00Z', '2013-01-21T23:08:00Z'],
    ['2013-01-21T23:08:00.999Z', '2013-01-21T23:08:00Z'],
    ['2018-03-09', '2018-03-09T00:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
  ])('takes the date %s as %s', async (sent, shown) => {
    const dates = {
      date_of_birth: sent,
      last_ok_date: sent,
      face_image: { url: '', date: sent },
      dependants: 1,
      dob_of_dependants: [sent],
    };
    const { customer_id } = await created(dates);
    expect((await read(customer_id)).json).toMatchObject({
      date_of_birth: shown,
      last_ok_date: shown,
      face_image: { date: shown },
      dob_of_dependants: [shown],
    });
  });

  it('ignores unknown keys, a key called __proto__ among them', async () => {
    const { status, json } = await create(
      '{"legal_name":"Legal Name","mobile_phone_number":"1","__proto__":{"title":"polluted"},"constructor":1,"unknown":[{}],"customer_id":"mine","bank_id":"other"}',
    );
    expect([status, json.title, json.bank_id]).toEqual([201, '', bank_id]);
    expect(json.customer_id).not.toBe('mine');
    expect(({} as Record<string, unknown>).title).toBeUndefined();
  });

  it('truncates a fraction of dependants', async () => {
    expect(
      await created({ dependants: 1.9, dob_of_dependants: ['2018-03-09'] }).then(({ dependants }) => dependants),
    ).toBe(1);
  });

  it.each([
    [{ dependants: 2, dob_of_dependants: ['2018-03-09'] }, 2, 1],
    [{ dependants: 1 }, 1, 0],
    [{ dob_of_dependants: ['2018-03-09', '2018-03-10'] }, 0, 2],
  ])('refuses dependants that are not as many as their birthdays: %j', async (body, n, m) => {
    expectRefusal(
      await create({ ...newCustomer, ...body }),
      400,
      `OBP-10020: Incorrect json. The field dependants(${n}) not equal the length(${m}) of dob_of_dependants array`,
    );
  });

  it('refuses :::: in a number', async () => {
    expectRefusal(
      await create({ ...newCustomer, customer_number: 'a::::b' }),
      400,
      'OBP-10001: Incorrect json format. customer_number can not contain `::::` characters',
    );
  });

  const taken = (customer_number: string) =>
    `OBP-30006: Customer Number already exists. Please specify a different value for BANK_ID or CUSTOMER_NUMBER. Current customer_number(${customer_number}) and Current bank_id(${bank_id})`;

  it('refuses a number that is taken at the bank, but not at another one', async () => {
    const customer_number = `T${unique()}`;
    await created({ customer_number });
    expectRefusal(await create({ ...newCustomer, customer_number }), 400, taken(customer_number));
    const other = await platform.bank();
    const { token: there } = await platform.person(`CanCreateCustomer@${other}`);
    expect(
      (
        await platform.call('POST', `/banks/${other}/customers`, {
          token: there,
          body: { ...newCustomer, customer_number },
        })
      ).status,
    ).toBe(201);
  });

  it('takes an empty number once', async () => {
    expect((await created({ customer_number: '' })).customer_number).toBe('');
    expectRefusal(await create({ ...newCustomer, customer_number: '' }), 400, taken(''));
  });

  it('gives a number to one of several at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const customer_number = `R${unique()}`;
      const answers = await Promise.all([1, 2, 3, 4].map(() => create({ ...newCustomer, customer_number })));
      const refused = answers.filter(({ status }) => status !== 201);
      expect(refused).toHaveLength(3);
      for (const answer of refused) expectRefusal(answer, 400, taken(customer_number));
    }
  });
});

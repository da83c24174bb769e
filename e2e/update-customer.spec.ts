import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  allRoles,
  expectRefusal,
  held,
  newCustomer,
  operation,
  operations,
  unknownBank,
  unknownCustomer,
} from './operations.js';
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

const create = async (body = {}) =>
  (await platform.call('POST', `/banks/${bank_id}/customers`, { token, body: { ...newCustomer, ...body } })).json;
const put = (customer_id: unknown, suffix: string, body: unknown, bank = bank_id) =>
  platform.call('PUT', `/banks/${bank}/customers/${String(customer_id)}/${suffix}`, { token, body });
const read = async (customer_id: unknown) =>
  (await platform.call('GET', `/banks/${bank_id}/customers/${String(customer_id)}`, { token })).json;

/** Each update with the columns that its example changes. */
const updates: [name: string, suffix: string, changes: Record<string, unknown>][] = [
  ['updateCustomerBranch', 'branch', { branch_id: 'branch.1' }],
  ['updateCustomerCreditLimit', 'credit-limit', { credit_limit: { currency: 'EUR', amount: '10.10' } }],
  [
    'updateCustomerCreditRatingAndSource',
    'credit-rating-and-source',
    { credit_rating: { rating: 'OBP', source: 'OBP source' } },
  ],
  ['updateCustomerEmail', 'email', { email: 'eveline@example.com' }],
  [
    'updateCustomerIdentity',
    'identity',
    { legal_name: 'Eveline Tripman', date_of_birth: '1990-05-15T00:00:00Z', title: 'Dr.', name_suffix: 'Sr' },
  ],
  ['updateCustomerMobileNumber', 'mobile-number', { mobile_phone_number: '+49 30 901820' }],
  [
    'updateCustomerData',
    'data',
    {
      face_image: { url: 'https://example.com/face.png', date: '2024-03-05T12:14:22Z' },
      relationship_status: 'Single',
      dependants: 3,
      highest_education_attained: 'Bachelor',
      employment_status: 'Employed',
    },
  ],
];
const at = { bank_id: '', customer_id: '', customer_number: '' };
const exampleOf = (name: string) => operation(name).body?.(at) ?? {};

describe.each(updates)('%s', (name, suffix, changes) => {
  it('answers the whole customer, changed in its columns alone, and keeps it', async () => {
    const before = await create();
    const { status, json, headers } = await put(before.customer_id, suffix, exampleOf(name));
    expect([status, JSON.stringify(json)]).toEqual([200, JSON.stringify({ ...before, ...changes })]);
    expect(headers.etag).toMatch(/^[0-9a-f]{64}$/);
    expect(await read(before.customer_id)).toEqual({ ...json, customer_attributes: [] });
  });

  it('wants every key of its body', async () => {
    const before = await create();
    for (const key of Object.keys(exampleOf(name))) {
      const body = Object.fromEntries(Object.entries(exampleOf(name)).filter(([one]) => one !== key));
      expectRefusal(
        await put(before.customer_id, suffix, body),
        400,
        `OBP-10001: Incorrect json format. The Json body should be the ${String(operation(name).body_name)} (${key} must be given)`,
      );
    }
    expect(await read(before.customer_id)).toEqual({ ...before, customer_attributes: [] });
  });

  it('does not find an unknown customer, one of another bank, or a bank', async () => {
    const { customer_id } = await create();
    const other = await platform.bank();
    const { token: there } = await platform.person(...operation(name).roles.map((role) => held(role, other)));
    const atOther = await platform.call('PUT', `/banks/${other}/customers/${String(customer_id)}/${suffix}`, {
      token: there,
      body: exampleOf(name),
    });
    expectRefusal(atOther, 404, unknownCustomer(String(customer_id)));
    expectRefusal(await put('unknown', suffix, exampleOf(name)), 404, unknownCustomer('unknown'));
    expectRefusal(await put(customer_id, suffix, exampleOf(name), 'no.bank'), 404, unknownBank('no.bank'));
  });
});

describe('the updates', () => {
  it('are all here', () => {
    const tested = [...updates.map(([name]) => name), 'updateCustomerNumber'].sort();
    expect(
      operations
        .filter(({ verb }) => verb === 'PUT')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(tested);
  });

  it('take null for a date, and only for a date', async () => {
    const { customer_id } = await create({ date_of_birth: '1990-05-15', face_image: { url: 'u', date: '1990-05-15' } });
    expect(
      (await put(customer_id, 'identity', { ...exampleOf('updateCustomerIdentity'), date_of_birth: null })).json
        .date_of_birth,
    ).toBeNull();
    expect(
      (await put(customer_id, 'data', { ...exampleOf('updateCustomerData'), face_image: { url: 'v', date: null } }))
        .json.face_image,
    ).toEqual({ url: 'v', date: null });
    expectRefusal(
      await put(customer_id, 'identity', { ...exampleOf('updateCustomerIdentity'), title: null }),
      400,
      /^OBP-10001: .*title must be given/,
    );
    expectRefusal(
      await put(customer_id, 'data', { ...exampleOf('updateCustomerData'), face_image: null }),
      400,
      /^OBP-10001: .*face_image must be an object/,
    );
    expectRefusal(
      await put(customer_id, 'credit-limit', { credit_limit: null }),
      400,
      /^OBP-10001: .*credit_limit must be an object/,
    );
  });

  it('keep an amount given as a number as its text', async () => {
    const { customer_id } = await create();
    await put(customer_id, 'credit-limit', '{"credit_limit":{"currency":"EUR","amount":10.10}}');
    expect((await read(customer_id)).credit_limit).toEqual({ currency: 'EUR', amount: '10.10' });
  });

  it('lower-case and trim an e-mail', async () => {
    const { customer_id } = await create();
    expect((await put(customer_id, 'email', { email: ' Eveline@Example.COM ' })).json.email).toBe(
      'eveline@example.com',
    );
  });

  it('leave birthdays alone when dependants change', async () => {
    const { customer_id } = await create({ dependants: 1, dob_of_dependants: ['2018-03-09'] });
    expect((await put(customer_id, 'data', exampleOf('updateCustomerData'))).json).toMatchObject({
      dependants: 3,
      dob_of_dependants: ['2018-03-09T00:00:00Z'],
    });
  });

  it('of one customer at once all take effect', async () => {
    const { customer_id } = await create();
    const answers = await Promise.all(updates.map(([name, suffix]) => put(customer_id, suffix, exampleOf(name))));
    expect(answers.map(({ status }) => status)).toEqual(updates.map(() => 200));
    expect(await read(customer_id)).toMatchObject(Object.assign({}, ...updates.map(([, , changes]) => changes)));
  });
});

describe('updateCustomerNumber', () => {
  const taken = (customer_number: unknown) =>
    `OBP-30006: Customer Number already exists. Please specify a different value for BANK_ID or CUSTOMER_NUMBER. Current customer_number(${String(customer_number)}) and Current bank_id(${bank_id})`;

  it('changes the number, and finds the customer by the new one alone', async () => {
    const before = await create();
    const customer_number = `N::::${unique()}`;
    const { status, json } = await put(before.customer_id, 'number', { customer_number });
    expect([status, json]).toEqual([200, { ...before, customer_number }]);
    const find = (number: unknown) =>
      platform.call('POST', `/banks/${bank_id}/customers/customer-number`, {
        token,
        body: { customer_number: number },
      });
    expect((await find(customer_number)).json.customer_id).toBe(before.customer_id);
    expect((await find(before.customer_number)).status).toBe(404);
  });

  it("refuses another customer's number and the customer's own", async () => {
    const [one, two] = [await create(), await create()];
    expectRefusal(
      await put(one.customer_id, 'number', { customer_number: two.customer_number }),
      400,
      taken(two.customer_number),
    );
    expectRefusal(
      await put(one.customer_id, 'number', { customer_number: one.customer_number }),
      400,
      taken(one.customer_number),
    );
    expect((await read(one.customer_id)).customer_number).toBe(one.customer_number);
  });

  it('gives a number to one of two customers at once', async () => {
    const customers = await Promise.all([create(), create(), create()]);
    const customer_number = `N${unique()}`;
    const answers = await Promise.all(
      customers.map(({ customer_id }) => put(customer_id, 'number', { customer_number })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400]);
    for (const answer of answers.filter(({ status }) => status === 400))
      expectRefusal(answer, 400, taken(customer_number));
  });

  it('wants the key, and finds no unknown customer', async () => {
    const { customer_id } = await create();
    expectRefusal(
      await put(customer_id, 'number', {}),
      400,
      /PutUpdateCustomerNumberJsonV310 \(customer_number must be given\)$/,
    );
    expectRefusal(await put('unknown', 'number', { customer_number: 'x' }), 404, unknownCustomer('unknown'));
  });
});

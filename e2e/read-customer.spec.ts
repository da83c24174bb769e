import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allRoles, expectRefusal, newCustomer, unknownBank, unknownCustomer } from './operations.js';
import { type Person, type Platform, startPlatform } from './platform.js';

type Customer = Record<string, unknown>;

let platform: Platform;
let bank_id: string;
let other: string;
let person: Person;
/** Ordered by last_ok_date, the oldest first. The last one has no date, which counts as the newest. */
let customers: Customer[];
let elsewhere: Customer;

beforeAll(async () => {
  platform = await startPlatform();
  [bank_id, other] = [await platform.bank(), await platform.bank()];
  person = await platform.person(...allRoles(bank_id), `CanCreateCustomer@${other}`, `CanGetCustomer@${other}`);
  const bodies: Customer[] = [
    {
      legal_name: 'Eveline Tripman',
      mobile_phone_number: '+49 30 901820',
      last_ok_date: '2020-01-01',
      date_of_birth: '1990-05-15',
      dependants: 1,
      dob_of_dependants: ['2018-03-09'],
    },
    { legal_name: 'Evelyn Tripman', mobile_phone_number: '+49 30 901821', last_ok_date: '2021-01-01' },
    { legal_name: '100% Äöü_Co\\', mobile_phone_number: '381', last_ok_date: '2022-01-01' },
    { legal_name: 'tripman', mobile_phone_number: '5381', last_ok_date: null },
  ];
  customers = [];
  for (const body of bodies) customers.push((await post(`/banks/${bank_id}/customers`, body)).json);
  elsewhere = (
    await post(`/banks/${other}/customers`, {
      ...newCustomer,
      legal_name: 'Eveline Tripman',
      customer_number: customers[0]?.customer_number,
    })
  ).json;
});
afterAll(() => platform.close());

const post = (path: string, body: unknown) => platform.call('POST', path, { token: person.token, body });
const get = (path: string, headers = {}) => platform.call('GET', path, { token: person.token, headers });
const idsOf = (json: Record<string, unknown>) => (json.customers as Customer[]).map(({ customer_id }) => customer_id);
const ids = (...indexes: number[]) => indexes.map((index) => customers[index]?.customer_id);

/** The shape of lists: birthdays are days, "" for none. */
const listed = (customer: Customer | undefined) => ({
  ...customer,
  date_of_birth: ((customer?.date_of_birth ?? '') as string).slice(0, 10),
  dob_of_dependants: (customer?.dob_of_dependants as string[]).map((date) => date.slice(0, 10)),
});

describe('getCustomerByCustomerId', () => {
  it('answers the customer with its attributes', async () => {
    const { status, text } = await get(`/banks/${bank_id}/customers/${String(customers[0]?.customer_id)}`);
    expect([status, text]).toEqual([200, JSON.stringify({ ...customers[0], customer_attributes: [] })]);
  });

  const strange = [
    'unknown',
    'a'.repeat(255),
    'a'.repeat(2_000),
    '%F0%9F%98%80',
    '..',
    '%2e%2e',
    'a%2Fb',
    '%27%3B--',
    'customer-number',
  ];
  it.each(strange.map((id) => [id.slice(0, 20), id]))('does not find %s', async (_name, id) => {
    expectRefusal(await get(`/banks/${bank_id}/customers/${id}`), 404, unknownCustomer(decodeURIComponent(id)));
  });

  it('does not find a customer of another bank, nor a bank', async () => {
    const id = String(elsewhere.customer_id);
    expectRefusal(await get(`/banks/${bank_id}/customers/${id}`), 404, unknownCustomer(id));
    expect((await get(`/banks/${other}/customers/${id}`)).json.customer_id).toBe(id);
    expectRefusal(await get(`/banks/no.bank/customers/${id}`), 404, unknownBank('no.bank'));
  });

  it('answers 304 without a body to whoever has this very answer', async () => {
    const path = `/banks/${bank_id}/customers/${String(customers[0]?.customer_id)}`;
    const first = await get(path);
    const etag = String(first.headers.etag);
    expect(etag).toMatch(/^[0-9a-f]{64}$/);
    const second = await get(path, { 'If-None-Match': etag });
    expect([second.status, second.text, second.headers.etag, second.headers['x-frame-options']]).toEqual([
      304,
      '',
      etag,
      'DENY',
    ]);
    expect((await get(path, { 'If-None-Match': 'another' })).status).toBe(200);
    expect((await get(`${path}?x=1`, { 'If-None-Match': etag })).status).toBe(200);
    expect((await get(`/banks/${bank_id}/customers/unknown`, { 'If-None-Match': etag })).status).toBe(404);
    expect((await platform.send('GET', `/obp/v5.1.0//banks/${bank_id}`)).headers.etag).not.toBe(etag);
  });
});

describe('getCustomerByCustomerNumber', () => {
  const find = (customer_number: unknown, bank = bank_id) =>
    post(`/banks/${bank}/customers/customer-number`, { customer_number });

  it('answers the customer of that number at that bank', async () => {
    const { status, text } = await find(customers[0]?.customer_number);
    expect([status, text]).toEqual([200, JSON.stringify({ ...customers[0], customer_attributes: [] })]);
    expect((await find(elsewhere.customer_number, other)).json.customer_id).toBe(elsewhere.customer_id);
  });

  it('does not find an unknown number, nor a part of one', async () => {
    for (const number of ['unknown', '', '%', String(customers[1]?.customer_number).slice(0, -1), 'x'.repeat(51)]) {
      expectRefusal(
        await find(number),
        404,
        'OBP-30002: Customer not found. Please specify a valid value for CUSTOMER_NUMBER.',
      );
    }
  });
});

describe.each([
  ['getCustomersAtOneBank', () => `/banks/${bank_id}/customers`],
  ['getCustomersMinimalAtOneBank', () => `/banks/${bank_id}/customers-minimal`],
])('%s', (_name, path) => {
  it.each([
    ['', [3, 2, 1, 0], '0-50'],
    ['?sort_direction=asc', [0, 1, 2, 3], '0-50'],
    ['?sort_direction=DeSc&limit=2', [3, 2], '0-2'],
    ['?sort_direction=ASC&limit=2&offset=1', [1, 2], '1-2'],
    ['?limit=2147483647&offset=3', [0], '3-2147483647'],
    ['?offset=4', [], '4-50'],
    ['?limit=&offset=&sort_direction=', [3, 2, 1, 0], '0-50'],
    ['?unknown=1&anon=maybe&obp_limit=0', [3, 2, 1, 0], '0-50'],
  ])('with %s answers that page and says which', async (query, indexes, range) => {
    const { status, json, headers } = await get(`${path()}${query}`);
    expect([status, idsOf(json), headers.range]).toEqual([200, ids(...indexes), `items=${range}`]);
    expect(headers.etag).toMatch(/^[0-9a-f]{64}$/);
  });

  const part = {
    sort_direction: 'OBP-10023: obp_sort_direction parameter can only take two values: DESC or ASC!',
    limit: 'OBP-10025: wrong value for obp_limit parameter. Please send a positive integer (=>1)!',
    offset: 'OBP-10024: wrong value for obp_offset parameter. Please send a positive integer (=>0)!',
  };
  it.each([
    ['limit=0', part.limit],
    ['limit=-1', part.limit],
    ['limit=1.5', part.limit],
    ['limit=many', part.limit],
    ['limit=1e3', part.limit],
    ['offset=-1', part.offset],
    ['offset=x', part.offset],
    ['sort_direction=up', part.sort_direction],
    ['offset=x&limit=x&sort_direction=x', part.sort_direction],
    ['offset=x&limit=x', part.limit],
  ])('refuses %s', async (query, text) => {
    expectRefusal(await get(`${path()}?${query}`), 400, `OBP-10016: Incorrect filter Parameters in URL.  <- ${text}`);
  });

  it('answers 304 to whoever has this very page', async () => {
    const { headers } = await get(path());
    expect((await get(path(), { 'If-None-Match': String(headers.etag) })).status).toBe(304);
  });
});

describe('the lists', () => {
  it('have their shapes and field order', async () => {
    const { text } = await get(`/banks/${bank_id}/customers?sort_direction=asc&limit=2`);
    expect(text).toBe(JSON.stringify({ customers: [listed(customers[0]), listed(customers[1])] }));
    const minimal = await get(`/banks/${bank_id}/customers-minimal?sort_direction=asc&limit=1`);
    expect(minimal.text).toBe(JSON.stringify({ customers: [{ bank_id, customer_id: customers[0]?.customer_id }] }));
  });

  it('are empty lists at a bank without customers, and refuse an unknown one', async () => {
    const empty = await platform.bank();
    const { token } = await platform.person(`CanGetCustomers@${empty}`, `CanGetCustomersMinimal@${empty}`);
    for (const path of ['customers', 'customers-minimal']) {
      const { status, text } = await platform.call('GET', `/banks/${empty}/${path}`, { token });
      expect([status, text]).toEqual([200, '{"customers":[]}']);
      expectRefusal(await get(`/banks/no.bank/${path}`), 404, unknownBank('no.bank'));
    }
  });

  it('of any bank hold the customers of all, a page of them sorted by bank', async () => {
    for (const path of ['/customers', '/customers-minimal']) {
      const { status, json, headers } = await get(`${path}?limit=1000`);
      expect([status, headers.range]).toEqual([200, 'items=0-1000']);
      expect(idsOf(json)).toEqual(expect.arrayContaining([...ids(0, 1, 2, 3), elsewhere.customer_id]));
      const banks = (json.customers as Customer[]).map((customer) => String(customer.bank_id));
      expect(banks).toEqual([...banks].sort());
      expectRefusal(await get(`${path}?limit=0`), 400, /^OBP-10016: .* <- OBP-10025: /);
    }
  });

  it('stream a page longer than a chunk as one list, each customer once', async () => {
    const bank = await platform.bank();
    const { token } = await platform.person(`CanCreateCustomer@${bank}`, `CanGetCustomers@${bank}`);
    const create = async (count: number) => {
      for (let made = 0; made < count; made += 1)
        await platform.call('POST', `/banks/${bank}/customers`, { token, body: newCustomer });
    };
    await Promise.all([80, 80].map(create));
    const { json, headers } = await platform.call('GET', `/banks/${bank}/customers?limit=1000`, { token });
    expect([new Set(idsOf(json)).size, headers.range]).toEqual([160, 'items=0-1000']);
  });
});

describe('the wildcard searches', () => {
  const byName = (legal_name: string, query = '') =>
    post(`/banks/${bank_id}/customers/legal-name${query}`, { legal_name });
  const byPhone = (mobile_phone_number: string) =>
    post(`/banks/${bank_id}/search/customers/mobile-phone-number`, { mobile_phone_number });

  it.each<[string, number[]]>([
    ['Eveline Tripman', [0]],
    ['Evel_n% Tripman', [0, 1]],
    ['%Tripman', [0, 1]],
    ['%tripman', [3]],
    ['100\\% %', [2]],
    ['%Äöü\\_%', [2]],
    ['%\\\\', [2]],
    ['Eveline', []],
    ['', []],
    ['%', [0, 1, 2, 3]],
  ])('getCustomersByLegalName finds %s', async (name, indexes) => {
    const { status, json } = await byName(name);
    expect([status, idsOf(json)]).toEqual([200, ids(...indexes)]);
    expect(json.customers).toEqual(indexes.map((index) => listed(customers[index])));
  });

  it.each<[string, number[]]>([
    ['+49 30 901820', [0]],
    ['%381%', [2, 3]],
    ['+49%', [0, 1]],
    ['_381', [3]],
    ['x', []],
  ])('getCustomersByCustomerPhoneNumber answers 201 and finds %s', async (number, indexes) => {
    const { status, json } = await byPhone(number);
    expect([status, json.customers]).toEqual([201, indexes.map((index) => listed(customers[index]))]);
  });

  it('take limit and offset, and refuse a lone backslash at the end', async () => {
    expect(idsOf((await byName('%', '?limit=2&offset=1')).json)).toEqual(ids(1, 2));
    expectRefusal(await byName('%', '?limit=0'), 400, /^OBP-10016: .* <- OBP-10025: /);
    expectRefusal(await byName('a\\'), 400, /^OBP-10001: /);
    expectRefusal(
      await post(`/banks/${bank_id}/search/customers/mobile-phone-number`, { customer_phone_number: '%' }),
      400,
      /PostCustomerPhoneNumberJsonV400 \(mobile_phone_number must be given\)$/,
    );
  });

  it('refuse an unknown bank', async () => {
    expectRefusal(await post('/banks/no.bank/customers/legal-name', { legal_name: '%' }), 404, unknownBank('no.bank'));
    expectRefusal(
      await post('/banks/no.bank/search/customers/mobile-phone-number', { mobile_phone_number: '%' }),
      404,
      unknownBank('no.bank'),
    );
  });
});

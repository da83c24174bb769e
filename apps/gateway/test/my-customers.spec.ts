import { createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CustomerViewService } from '@platform/descriptors';
import { aCustomer, anAttribute, attributeJson, json, keyOf } from './records.js';
import { createTheatre, refusalOf, type Theatre, timed, together, type World } from './world.js';

let theatre: Theatre;
beforeAll(async () => void (theatre = await createTheatre()));
afterAll(() => theatre.close());

const link = (customer_id: string, bank_id = 'a', user_id = 'u-1') => ({ key: { bank_id, customer_id }, user_id });
const atB = (text: string) => text.replace('"bank_id":"a"', '"bank_id":"b"');
const textOf = async (path: string) => (await theatre.get(path)).text();

/** The caller is linked to bob at bank b, to gone and to eve; not to the stranger. */
const play = (more: Partial<World> = {}) =>
  theatre.play({
    customers: [aCustomer('eve'), aCustomer('stranger'), aCustomer('bob', { bank_id: 'b' })],
    attributes: [
      { key: { bank_id: 'a', customer_id: 'eve' }, attribute: anAttribute('tax', '1') },
      { key: { bank_id: 'a', customer_id: 'gone' }, attribute: anAttribute('tax', '2') },
      { key: { bank_id: 'a', customer_id: 'eve' }, attribute: anAttribute('seat', '3') },
    ],
    userLinks: [link('bob', 'b'), link('gone'), link('eve'), link('stranger', 'a', 'u-2')],
    perMessage: 1,
    ...more,
  });

describe('getCustomersForUser', () => {
  it('answers the customers that the caller is linked to, in the order of the links, with their attributes', async () => {
    play();
    const attributes = `[${attributeJson('tax', '1')},${attributeJson('seat', '3')}]`;
    expect(await textOf('/users/current/customers')).toBe(
      `{"customers":[${atB(json.v300('bob'))},"customer_attributes":[]},${json.v300('eve')},"customer_attributes":${attributes}}]}`,
    );
  });

  it('answers "" for an unknown birthday', async () => {
    theatre.play({
      customers: [aCustomer('eve', { date_of_birth: null, dob_of_dependants: [] })],
      userLinks: [link('eve')],
    });
    expect(JSON.parse(await textOf('/users/current/customers'))).toMatchObject({
      customers: [{ date_of_birth: '', dob_of_dependants: [], last_ok_date: null }],
    });
  });
});

describe('getCustomersForUserIdsOnly', () => {
  it('answers the ids of those that exist', async () => {
    play();
    expect(await textOf('/users/current/customers/customer_ids')).toBe('{"customers":[{"id":"bob"},{"id":"eve"}]}');
  });
});

describe('getMyCustomersAtAnyBank', () => {
  it('answers seventeen fields of each', async () => {
    play();
    expect(await textOf('/my/customers')).toBe(`{"customers":[${atB(json.v210('bob'))}},${json.v210('eve')}}]}`);
  });
});

describe('getMyCustomersAtBank', () => {
  it('answers those at the bank', async () => {
    play();
    expect(await textOf('/banks/a/my/customers')).toBe(`{"customers":[${json.v210('eve')}}]}`);
  });

  it('knows no other bank', async () => {
    play();
    expect(await refusalOf(await theatre.get('/banks/c/my/customers'))).toEqual([
      404,
      'OBP-30001: Bank not found. Please specify a valid value for BANK_ID. Current BankId is c',
    ]);
  });
});

describe.each([
  ['/users/current/customers', ['batchGetCustomerAttributes', 'batchGetCustomers']],
  ['/users/current/customers/customer_ids', ['findCustomers']],
  ['/my/customers', ['batchGetCustomers']],
  ['/banks/a/my/customers', ['batchGetCustomers']],
])('%s', (path, calls) => {
  it('answers [] for no links, in one call', async () => {
    const world = theatre.play({ customers: [aCustomer('eve')] });
    expect(await textOf(path)).toBe('{"customers":[]}');
    expect(world.calls).toEqual(['getCustomersOfUser']);
  });

  it('answers [] when all that is linked is gone', async () => {
    theatre.play({ userLinks: [link('gone')] });
    expect(await textOf(path)).toBe('{"customers":[]}');
  });

  it.each([1, 50])(`costs ${calls.length + 1} calls with %i customers, those that can at once`, async (count) => {
    const customers = Array.from({ length: count }, (_, index) => aCustomer(String(index)));
    const world = theatre.play({
      customers,
      userLinks: customers.map(({ customer_id }) => link(customer_id)),
      attributes: customers.map((one) => ({ key: keyOf(one), attribute: anAttribute('x', '1') })),
      gate: together(...calls),
      perMessage: 70,
    });
    const answer = JSON.parse(await textOf(path)) as { customers: { id?: string; customer_id?: string }[] };
    expect(answer.customers.map(({ id, customer_id }) => id ?? customer_id)).toEqual(
      customers.map(({ customer_id }) => customer_id),
    );
    expect(world.calls.sort()).toEqual([...calls, 'getCustomersOfUser'].sort());
  });

  it('needs a login', async () => {
    play();
    expect((await fetch(`${theatre.origin}/obp/v5.1.0${path}`)).status).toBe(401);
  });
});

describe('a long list of customers', () => {
  it('is read in pages of a thousand', async () => {
    const customers = Array.from({ length: 2_500 }, (_, index) => aCustomer(String(index)));
    const world = theatre.play({ customers, userLinks: customers.map(({ customer_id }) => link(customer_id)) });
    const answer = JSON.parse(await textOf('/users/current/customers/customer_ids')) as { customers: { id: string }[] };
    expect(answer.customers.map(({ id }) => id)).toEqual(customers.map(({ customer_id }) => customer_id));
    expect(world.calls.filter((call) => call === 'findCustomers')).toHaveLength(3);
  });

  it('is read in pages of fifty where attributes come with it, one ahead', async () => {
    const customers = Array.from({ length: 300 }, (_, index) => aCustomer(String(index)));
    const world = theatre.play({
      customers,
      userLinks: customers.map(({ customer_id }) => link(customer_id)),
      attributes: customers.map((one) => ({ key: keyOf(one), attribute: anAttribute('x', one.customer_id) })),
    });
    const most = timed(world, 'batchGetCustomerAttributes', () => 20);
    const answer = JSON.parse(await textOf('/users/current/customers')) as {
      customers: { customer_id: string; customer_attributes: { value: string }[] }[];
    };
    const ids = customers.map(({ customer_id }) => customer_id);
    expect(answer.customers.map(({ customer_id }) => customer_id)).toEqual(ids);
    expect(
      answer.customers.flatMap(({ customer_attributes }) => customer_attributes.map(({ value }) => value)),
    ).toEqual(ids);
    expect(
      ['getCustomersOfUser', 'batchGetCustomers', 'batchGetCustomerAttributes'].map(
        (rpc) => world.calls.filter((call) => call === rpc).length,
      ),
    ).toEqual([1, 6, 6]);
    expect(most()).toBe(2);
  });

  it('comes in messages below 4 MB, with as many attributes as customers can have', async () => {
    const customers = Array.from({ length: 9 }, (_, index) => aCustomer(String(index)));
    // A few long ones, many short ones, and some that share a message with others.
    const attributesOf = (index: number) =>
      Array.from({ length: [120, 20_000, 70][index % 3] ?? 0 }, (_, id) =>
        anAttribute('n'.repeat(index % 3 === 1 ? 2 : 50), 'é'.repeat(index % 3 === 1 ? 1 : 4_000), String(id)),
      );
    const attributes = customers.flatMap((one, index) =>
      attributesOf(index).map((attribute) => ({ key: keyOf(one), attribute })),
    );
    theatre.play({
      customers,
      userLinks: customers.map(({ customer_id }) => link(customer_id)),
      attributes,
      perMessage: 400,
    });
    const client = createClient(
      CustomerViewService,
      createConnectTransport({ baseUrl: theatre.origin, httpVersion: '1.1', readMaxBytes: 4 * 1_024 * 1_024 }),
    );
    const found: [string, number][] = [];
    for await (const message of client.getCustomersForUser({}, { headers: { DirectLogin: 'token=T' } })) {
      found.push(
        ...message.customers.map(({ customerId, customerAttributes }): [string, number] => [
          customerId,
          customerAttributes.length,
        ]),
      );
    }
    expect(found).toEqual(customers.map(({ customer_id }, index) => [customer_id, attributesOf(index).length]));
  });

  it('is read in halves when one message does not hold it', async () => {
    const customers = Array.from({ length: 300 }, (_, index) =>
      aCustomer(String(index), { legal_name: 'é'.repeat(10_000) }),
    );
    const world = theatre.play({ customers, userLinks: customers.map(({ customer_id }) => link(customer_id)) });
    const answer = JSON.parse(await textOf('/my/customers')) as { customers: { customer_id: string }[] };
    expect(answer.customers.map(({ customer_id }) => customer_id)).toEqual(
      customers.map(({ customer_id }) => customer_id),
    );
    expect(world.calls.filter((call) => call === 'batchGetCustomers')).toHaveLength(3);
  });
});

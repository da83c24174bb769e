import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCustomer, anAttribute, attributeJson, json, keyOf } from './records.js';
import { createTheatre, refusalOf, type Theatre, together, type World } from './world.js';

let theatre: Theatre;
beforeAll(async () => void (theatre = await createTheatre()));
afterAll(() => theatre.close());

const eve = aCustomer('eve');
const eveJson = `${json.v310('eve')},"customer_attributes":[${attributeJson('tax', '1')},${attributeJson('seat', '2')}]}`;
const withEve = (more: Partial<World> = {}) =>
  theatre.play({
    customers: [eve, aCustomer('eve', { bank_id: 'b' })],
    attributes: [
      { key: keyOf(eve), attribute: anAttribute('tax', '1') },
      { key: { bank_id: 'b', customer_id: 'eve' }, attribute: anAttribute('other', 'b') },
      { key: keyOf(eve), attribute: anAttribute('seat', '2') },
    ],
    ...more,
  });

describe('getCustomerByCustomerId', () => {
  it('answers the customer and its attributes, which are asked for at once', async () => {
    const world = withEve({ gate: together('batchGetCustomers', 'batchGetCustomerAttributes'), perMessage: 1 });
    const answer = await theatre.get('/banks/a/customers/eve');
    expect([answer.status, await answer.text()]).toEqual([200, eveJson]);
    expect(world.calls.sort()).toEqual(['batchGetCustomerAttributes', 'batchGetCustomers']);
  });

  it('answers [] for no attributes', async () => {
    withEve({ attributes: [] });
    expect(await (await theatre.get('/banks/a/customers/eve')).text()).toBe(
      `${json.v310('eve')},"customer_attributes":[]}`,
    );
  });

  it.each([
    ['an unknown id', 'nobody'],
    ['what is no id', 'a%20b'],
    ['what is too long for one', 'x'.repeat(300)],
  ])('does not know %s', async (_what, id) => {
    withEve();
    const text = `OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(${decodeURIComponent(id)})`;
    expect(await refusalOf(await theatre.get(`/banks/a/customers/${id}`))).toEqual([404, text]);
  });

  it('does not know the customer of another bank', async () => {
    theatre.play({ customers: [aCustomer('eve', { bank_id: 'b' })] });
    expect((await refusalOf(await theatre.get('/banks/a/customers/eve')))[0]).toBe(404);
  });

  it('fails within the deadline when one of the services does not answer', async () => {
    withEve({
      gate: (rpc) =>
        rpc === 'batchGetCustomerAttributes' ? sleep(7_000, undefined, { ref: false }) : Promise.resolve(),
    });
    const [status, message] = await refusalOf(await theatre.get('/banks/a/customers/eve'));
    expect([status, message.slice(0, 9)]).toEqual([408, 'OBP-01000']);
  });

  it('costs few calls when many ask at once', async () => {
    const customers = Array.from({ length: 64 }, (_, index) => aCustomer(String(index)));
    const world = theatre.play({ customers, gate: () => sleep(100) });
    const answers = await Promise.all(
      customers.map(
        async ({ customer_id }) =>
          (await theatre.get(`/banks/a/customers/${customer_id}`)).json() as Promise<{ customer_id: string }>,
      ),
    );
    expect(answers.map(({ customer_id }) => customer_id)).toEqual(customers.map(({ customer_id }) => customer_id));
    for (const rpc of ['batchGetCustomers', 'batchGetCustomerAttributes']) {
      expect(world.calls.filter((call) => call === rpc).length).toBeLessThan(20);
    }
  });

  it('answers everyone who asks for the same customer at once', async () => {
    withEve();
    const texts = await Promise.all(
      Array.from({ length: 20 }, async () => (await theatre.get('/banks/a/customers/eve')).text()),
    );
    expect(new Set(texts)).toEqual(new Set([eveJson]));
  });
});

describe('getCustomerByCustomerNumber', () => {
  const path = '/banks/a/customers/customer-number';

  it('answers the customer, then its attributes, in two calls', async () => {
    const world = withEve();
    const answer = await theatre.post(path, { customer_number: 'n-eve' });
    expect([answer.status, await answer.text()]).toEqual([200, eveJson]);
    expect(world.calls).toEqual(['batchGetCustomersByNumber', 'batchGetCustomerAttributes']);
  });

  it('knows no other number, however long', async () => {
    withEve();
    expect(await refusalOf(await theatre.post(path, { customer_number: 'x' }))).toEqual([
      404,
      'OBP-30002: Customer not found. Please specify a valid value for CUSTOMER_NUMBER.',
    ]);
    expect(await refusalOf(await theatre.post(path, { customer_number: 'x'.repeat(51) }))).toEqual([
      404,
      'OBP-30002: Customer not found. Please specify a valid value for CUSTOMER_NUMBER.',
    ]);
    expect((await refusalOf(await theatre.post(path, {})))[1]).toMatch(/^OBP-10001: .*PostCustomerNumberJsonV310/);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aCustomer, anAttribute, aUser, json, keyOf, userJson } from './records.js';
import { createTheatre, refusalOf, type Theatre, timed, together, type World } from './world.js';

let theatre: Theatre;
beforeAll(async () => void (theatre = await createTheatre()));
afterAll(() => theatre.close());

const eve = aCustomer('eve');
const link = (customer_id: string, user_id: string, bank_id = 'a') => ({ key: { bank_id, customer_id }, user_id });
const users = ['u-1', 'u-2', 'u-3'].map(aUser);
const play = (content: Partial<World>) => theatre.play({ customers: [eve], users, ...content });

describe('getCorrelatedUsersInfoByCustomerId', () => {
  const path = '/banks/a/customers/eve/correlated-users';

  it('answers the customer and the users linked to it, in the order of the links', async () => {
    play({
      userLinks: [link('eve', 'u-2'), link('eve', 'u-1'), link('eve', 'u-3', 'b'), link('other', 'u-3')],
      perMessage: 1,
    });
    const answer = await theatre.get(path);
    expect([answer.status, await answer.text()]).toEqual([
      200,
      `{"customer":${json.v310('eve')}},"users":[${userJson('u-2')},${userJson('u-1')}]}`,
    ]);
  });

  it('leaves out users that are gone, and answers [] for none', async () => {
    play({ userLinks: [link('eve', 'gone'), link('eve', 'u-1')] });
    expect(await (await theatre.get(path)).text()).toBe(
      `{"customer":${json.v310('eve')}},"users":[${userJson('u-1')}]}`,
    );
    play({});
    expect(await (await theatre.get(path)).text()).toBe(`{"customer":${json.v310('eve')}},"users":[]}`);
  });

  it('does not know a customer that is not there, also with links', async () => {
    play({ customers: [], userLinks: [link('eve', 'u-1')] });
    expect(await refusalOf(await theatre.get(path))).toEqual([
      404,
      'OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(eve)',
    ]);
    expect((await theatre.get('/banks/a/customers/a%20b/correlated-users')).status).toBe(404);
  });

  it.each([1, 300])('costs three calls with %i users, the first two at once', async (count) => {
    const many = Array.from({ length: count }, (_, index) => `u-${index}`);
    const world = play({
      userLinks: many.map((id) => link('eve', id)),
      users: many.map(aUser),
      gate: together('batchGetCustomers', 'batchGetUsersOfCustomers'),
    });
    const { users: found } = (await (await theatre.get(path)).json()) as { users: { user_id: string }[] };
    expect(found.map(({ user_id }) => user_id)).toEqual(many);
    expect(world.calls.sort()).toEqual(['batchGetCustomers', 'batchGetUsers', 'batchGetUsersOfCustomers']);
  });

  it('looks users up by the thousand, several at a time', async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => `u-${index}`);
    const world = play({ userLinks: many.map((id) => link('eve', id)), users: many.map(aUser), perMessage: 150 });
    const most = timed(world, 'batchGetUsers', () => 50);
    const { users: found } = (await (await theatre.get(path)).json()) as { users: { user_id: string }[] };
    expect(found.map(({ user_id }) => user_id)).toEqual(many);
    expect([world.calls.filter((call) => call === 'batchGetUsers').length, most()]).toEqual([3, 3]);
  });
});

describe('getMyCorrelatedEntities', () => {
  const path = '/my/correlated-entities';

  it('answers the customers of the caller at all banks with their users, the caller among them', async () => {
    play({
      customers: [eve, aCustomer('bob', { bank_id: 'b' }), aCustomer('stranger')],
      userLinks: [
        link('bob', 'u-1', 'b'),
        link('eve', 'u-2'),
        link('eve', 'u-1'),
        link('gone', 'u-1'),
        link('stranger', 'u-2'),
      ],
    });
    const answer = await theatre.get(path);
    const bob = json.v310('bob').replace('"bank_id":"a"', '"bank_id":"b"');
    expect([answer.status, await answer.text()]).toEqual([
      200,
      `{"correlated_entities":[{"customer":${bob}},"users":[${userJson('u-1')}]},{"customer":${json.v310('eve')}},"users":[${userJson('u-2')},${userJson('u-1')}]}]}`,
    ]);
  });

  it('answers [] for no links', async () => {
    const world = play({});
    expect(await (await theatre.get(path)).text()).toBe('{"correlated_entities":[]}');
    expect(world.calls).toEqual(['getCustomersOfUser']);
  });

  it.each([1, 300])('costs four calls with %i customers, those that can at once', async (count) => {
    const customers = Array.from({ length: count }, (_, index) => aCustomer(String(index)));
    const world = play({
      customers,
      attributes: customers.map((customer) => ({ key: keyOf(customer), attribute: anAttribute('x', '1') })),
      userLinks: customers.flatMap(({ customer_id }) => [link(customer_id, 'u-1'), link(customer_id, 'u-2')]),
      gate: together('batchGetCustomers', 'batchGetUsersOfCustomers'),
      perMessage: 70,
    });
    const { correlated_entities } = (await (await theatre.get(path)).json()) as {
      correlated_entities: { customer: { customer_id: string }; users: object[] }[];
    };
    expect(correlated_entities.map(({ customer }) => customer.customer_id)).toEqual(
      customers.map(({ customer_id }) => customer_id),
    );
    expect(correlated_entities.every((entity) => entity.users.length === 2)).toBe(true);
    expect(world.calls.sort()).toEqual([
      'batchGetCustomers',
      'batchGetUsers',
      'batchGetUsersOfCustomers',
      'getCustomersOfUser',
    ]);
  });
});

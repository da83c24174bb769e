import { Code, createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CustomerViewService } from '@platform/descriptors';
import { patient } from '@platform/testing';
import { aCustomer, anAttribute, json, keyOf } from './records.js';
import { createTheatre, refusalOf, type Theatre, timed, type World } from './world.js';

let theatre: Theatre;
beforeAll(async () => void (theatre = await createTheatre({ ALLOW_CUSTOMER_FIREHOSE: true })));
afterAll(() => theatre.close());

const path = '/banks/a/firehose/customers';
const colours = ['red', 'blue', 'red', 'green', 'Red', 'red'];
const customers = colours.map((_, index) => aCustomer(String(index)));
/** Six customers, numbered in ascending order, each with a colour; and one at another bank. */
const play = (more: Partial<World> = {}) =>
  theatre.play({
    customers: [...customers, aCustomer('other', { bank_id: 'b' })],
    attributes: [
      ...colours.map((colour, index) => ({
        key: { bank_id: 'a', customer_id: String(index) },
        attribute: anAttribute('colour', colour),
      })),
      { key: { bank_id: 'b', customer_id: 'other' }, attribute: anAttribute('colour', 'red') },
    ],
    ...more,
  });
const idsOf = async (query: string) =>
  ((await (await theatre.get(`${path}?${query}`)).json()) as { customers: { customer_id: string }[] }).customers.map(
    ({ customer_id }) => customer_id,
  );

describe('getFirehoseCustomers without filters', () => {
  it('answers the customers of the bank', async () => {
    const world = play({ customers: [aCustomer('eve')] });
    const answer = await theatre.get(path);
    const dayOnly = json.v310('eve').replace('1990-05-15T10:30:00Z', '1990-05-15');
    expect([answer.status, answer.headers.get('range'), await answer.text()]).toEqual([
      200,
      'items=0-50',
      `{"customers":[${dayOnly}}]}`,
    ]);
    expect(world.calls).toEqual(['streamCustomers']);
    expect(world.streamed).toEqual([
      { bank_id: 'a', limit: null, offset: null, sort_direction: null, from_date: null, to_date: null, only: null },
    ]);
  });

  it('hands on paging and dates', async () => {
    const world = play();
    const answer = await theatre.get(
      `${path}?limit=2&offset=1&sort_direction=asc&from_date=2024-01-01T00:00:00.000Z&to_date=2025-01-01T00:00:00Z`,
    );
    expect(answer.headers.get('range')).toBe('items=1-2');
    expect(
      ((await answer.json()) as { customers: { customer_id: string }[] }).customers.map(
        ({ customer_id }) => customer_id,
      ),
    ).toEqual(['1', '2']);
    expect(world.streamed[0]).toMatchObject({
      limit: 2,
      offset: 1,
      sort_direction: 'ASC',
      from_date: '2024-01-01T00:00:00Z',
      to_date: '2025-01-01T00:00:00Z',
    });
  });

  it('answers [] for a bank without customers', async () => {
    play({ customers: [] });
    expect(await (await theatre.get(path)).text()).toBe('{"customers":[]}');
  });
});

describe('getFirehoseCustomers with filters', () => {
  it('applies them before paging', async () => {
    const world = play();
    expect(await idsOf('colour=red&limit=2&sort_direction=asc&from_date=2024-01-01T00:00:00Z')).toEqual(['0', '2']);
    expect(await idsOf('colour=red&limit=2&offset=1')).toEqual(['2', '0']);
    expect(world.calls).toEqual(['matchCustomers', 'streamCustomers', 'matchCustomers', 'streamCustomers']);
    expect(world.streamed[0]).toMatchObject({
      from_date: '2024-01-01T00:00:00Z',
      only: { customer_ids: ['0', '2', '5'] },
    });
  });

  it('takes any one matching pair, exactly as it is written', async () => {
    play({
      attributes: [
        { key: { bank_id: 'a', customer_id: '4' }, attribute: anAttribute('size', 'L') },
        { key: { bank_id: 'a', customer_id: '1' }, attribute: anAttribute('colour', 'blue & white') },
        { key: { bank_id: 'a', customer_id: '2' }, attribute: anAttribute('Limit', '') },
      ],
    });
    expect(await idsOf('colour=blue%20%26%20white&size=L&Limit=')).toEqual(['4', '2', '1']);
    expect(await idsOf('colour=Blue&size=l')).toEqual([]);
  });

  it('leaves out customers that are gone', async () => {
    play({ customers: customers.slice(0, 1) });
    expect(await idsOf('colour=red')).toEqual(['0']);
  });
});

describe('getFirehoseCustomers with filters that match ten thousand', () => {
  const many = Array.from({ length: 15_000 }, (_, index) => aCustomer(String(index).padStart(5, '0')));
  const matching = many.filter((_, index) => index % 3 !== 0);
  const dense = () =>
    play({
      customers: many,
      attributes: matching.map((one) => ({ key: keyOf(one), attribute: anAttribute('colour', 'red') })),
      perMessage: 150,
    });
  const expected = matching.map(({ customer_id }) => customer_id).reverse();

  it('goes through the bank in its order, no further than the page', async () => {
    const world = dense();
    expect(await idsOf('colour=red&limit=1000&offset=700&to_date=2025-01-01T00:00:00Z')).toEqual(
      expected.slice(700, 1_700),
    );
    expect(world.calls.filter((call) => call === 'streamCustomers')).toHaveLength(1);
    expect(world.calls.filter((call) => call === 'matchCustomers').length).toBeLessThanOrEqual(1 + 6 + 3);
    expect(world.streamed[0]).toMatchObject({
      offset: 0,
      limit: 2_147_483_647,
      to_date: '2025-01-01T00:00:00Z',
      only: null,
    });
  });

  it('asks about one part for a page in it', async () => {
    const world = dense();
    expect(await idsOf('colour=red')).toEqual(expected.slice(0, 50));
    expect(world.calls.filter((call) => call === 'matchCustomers')).toHaveLength(1 + 1);
  });

  it.each([
    ['limit=700&offset=2900', 2_900, 3_600],
    ['limit=7&offset=9993', 9_993, 10_000],
    ['limit=5&offset=6000', 6_000, 6_005],
  ])('asks about four parts at a time for %s, in the order of the bank', async (query, from, to) => {
    const world = dense();
    let asked = 0;
    // Of each four calls, the first takes longest.
    const most = timed(world, 'matchCustomers', () => 200 - 50 * (asked++ % 4));
    expect(await idsOf(`colour=red&${query}`)).toEqual(expected.slice(from, to));
    expect(most()).toBe(4);
  });

  it('fails when a part cannot be looked through', async () => {
    const world = dense();
    world.gate = async (rpc) => {
      if (rpc === 'matchCustomers' && world.calls.length > 7) throw new Error('down');
    };
    expect((await theatre.get(`${path}?colour=red&offset=9000`)).status).toBe(500);
  });

  it('has the default page, the other direction and the end', async () => {
    dense();
    expect(await idsOf('colour=red')).toEqual(expected.slice(0, 50));
    expect(await idsOf('colour=red&limit=3&sort_direction=ASC')).toEqual(['00001', '00002', '00004']);
    expect(await idsOf('colour=red&limit=100&offset=9990')).toEqual(expected.slice(9_990));
    expect(await idsOf('colour=red&offset=10000')).toEqual([]);
  });
});

describe('getFirehoseCustomers whose client goes away', () => {
  it('asks no further', async () => {
    const many = Array.from({ length: 60_000 }, (_, index) => aCustomer(String(index)));
    const attributes = many
      .slice(0, 10_000)
      .map((one) => ({ key: keyOf(one), attribute: anAttribute('colour', 'red') }));
    const world = play({
      customers: many,
      attributes,
      perMessage: 150,
      gate: (rpc) => (rpc === 'matchCustomers' ? sleep(20) : Promise.resolve()),
    });
    const gone = new AbortController();
    const asking = fetch(`${theatre.origin}/obp/v5.1.0${path}?colour=red&offset=9999`, {
      headers: { DirectLogin: 'token=T' },
      signal: gone.signal,
    });
    while (world.calls.length < 5) await sleep(5);
    gone.abort();
    await expect(asking).rejects.toThrow();
    // The server may notice the closed connection only when it sends something: but long before the end.
    let before;
    do {
      before = world.calls.length;
      await sleep(patient(300));
    } while (world.calls.length > before && before < 250);
    expect(world.calls).toHaveLength(before);
    expect(before).toBeLessThan(250);
  });
});

describe('getFirehoseCustomers refuses', () => {
  const fault = async (query: string) => refusalOf(await theatre.get(`${path}?${query}`));

  it.each([
    ['limit=0', 'OBP-10025'],
    ['offset=-1', 'OBP-10024'],
    ['sort_direction=up', 'OBP-10023'],
    ['from_date=2024-02-30T00:00:00Z', 'OBP-10026'],
    ['to_date=2024-01-01', 'OBP-10026'],
    ['limit=0&offset=x&to_date=x&sort_direction=x', 'OBP-10023'],
    ['offset=x&limit=0&to_date=x', 'OBP-10026'],
    ['offset=x&limit=0', 'OBP-10025'],
  ])('%s', async (query, code) => {
    const world = play();
    expect(await fault(`${query}&colour=red`)).toEqual([
      400,
      expect.stringMatching(new RegExp(`^OBP-10016: .* <- ${code}: `)),
    ]);
    expect(world.calls).toEqual([]);
  });

  it('more than twenty filters, and what no attribute can be', async () => {
    play();
    const filters = (count: number) => Array.from({ length: count }, (_, index) => `f${index}=1`).join('&');
    expect(await fault(filters(21))).toEqual([
      400,
      'OBP-10016: Incorrect filter Parameters in URL. At most 20 attributes can be asked for.',
    ]);
    expect(await idsOf(filters(20))).toEqual([]);
    expect((await fault(`${'n'.repeat(51)}=1`))[1]).toMatch(
      /name of an attribute must not be longer than 50 characters/,
    );
    expect((await fault(`n=${'v'.repeat(2_001)}`))[1]).toMatch(
      /value of an attribute must not be longer than 2000 characters/,
    );
  });

  it('a bank that is not there', async () => {
    expect((await refusalOf(await theatre.get('/banks/c/firehose/customers')))[0]).toBe(404);
  });

  it('the same over Connect', async () => {
    const client = createClient(
      CustomerViewService,
      createConnectTransport({ baseUrl: theatre.origin, httpVersion: '1.1' }),
    );
    const ask = async (request: Parameters<typeof client.getFirehoseCustomers>[0]) => {
      const found: string[] = [];
      for await (const part of client.getFirehoseCustomers(request, { headers: { DirectLogin: 'token=T' } }))
        found.push(...part.customers.map(({ customerId }) => customerId));
      return found;
    };
    play();
    expect(await ask({ bankId: 'a', limit: 1, filters: [{ name: 'colour', value: 'red' }] })).toEqual(['5']);
    await expect(ask({ bankId: 'a', fromDate: 'yesterday' })).rejects.toMatchObject({
      code: Code.InvalidArgument,
      rawMessage: expect.stringContaining('OBP-10026'),
    });
    await expect(ask({ bankId: 'a', filters: [{ name: 'a\0', value: '' }] })).rejects.toMatchObject({
      code: Code.InvalidArgument,
    });
  });
});

describe('getFirehoseCustomers switched off', () => {
  it('says so, before the bank and the role are looked at', async () => {
    const off = await createTheatre();
    const [status, message] = await refusalOf(await off.get('/banks/c/firehose/customers'));
    expect([status, message.slice(0, 9)]).toEqual([400, 'OBP-00012']);
    await off.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StreamCustomersRequest } from '@platform/messages';
import { createRandom, type Random } from '@platform/testing';
import { caller, createHarness, type Harness, refusal } from './harness.js';
import { populate } from './population.js';

interface Expected {
  customer_id: string;
  /** Infinity without a date. */
  sort: number;
  updated: number;
}

/** Half of them, more than two chunks, belong to the largest bank. */
const total = 2_600;
const bank_id = 'bank.0';
const time = (minutes: number) => `${new Date(Date.UTC(2024, 0, 1, 0, minutes)).toISOString().slice(0, 19)}Z`;

describe('the internal look-ups of customers', () => {
  let harness: Harness;
  let random: Random;
  let all: Expected[];
  beforeAll(async () => {
    harness = await createHarness();
    random = createRandom();
    await harness.sql(populate, [total]);
    // Few different dates, so that many are equal.
    await harness.sql(
      `update customer set last_ok_date = date_trunc('month', last_ok_date at time zone 'UTC') at time zone 'UTC'`,
    );
    const rows = await harness.sql<{ customer_id: string; date: Date | null; updated_at: Date }>(
      'select customer_id, last_ok_date as date, updated_at from customer where bank_id = $1',
      [bank_id],
    );
    all = rows.map(({ customer_id, date, updated_at }) => ({
      customer_id,
      sort: date?.getTime() ?? Infinity,
      updated: updated_at.getTime(),
    }));
  });
  afterAll(() => harness.close());

  const customers = (request: Partial<StreamCustomersRequest>) =>
    harness.list('streamCustomers', { bank_id, only: null, ...request });
  const stream = async (request: Partial<StreamCustomersRequest>) =>
    (await customers(request)).map(({ customer_id }) => customer_id);
  const expected = ({ limit, offset, sort_direction, from_date, to_date, only }: Partial<StreamCustomersRequest>) => {
    const sign = sort_direction === 'asc' ? 1 : -1;
    const ids = only && new Set(only.customer_ids);
    return all
      .filter(
        ({ customer_id, updated }) =>
          (!from_date || updated >= Date.parse(from_date)) &&
          (!to_date || updated <= Date.parse(to_date)) &&
          (!ids || ids.has(customer_id)),
      )
      .sort((a, b) => sign * (a.sort === b.sort ? (a.customer_id < b.customer_id ? -1 : 1) : a.sort < b.sort ? -1 : 1))
      .map(({ customer_id }) => customer_id)
      .slice(offset ?? 0, (offset ?? 0) + (limit ?? 50));
  };

  const pages = [
    {},
    { limit: 7, offset: 3 },
    { limit: 500 },
    { limit: 501, offset: 1 },
    { limit: 1_200, offset: 20 },
    { limit: 100, offset: 600 },
    { limit: 5_000 },
    { limit: 10, offset: 1_299 },
    { offset: 5_000 },
  ].flatMap((page) => [page, { ...page, sort_direction: 'asc' }]);

  it('streamCustomers without a choice is the list of the bank', async () => {
    for (const page of pages) {
      expect(await stream(page)).toEqual(expected(page));
      expect(await customers(page)).toEqual(await harness.list('getCustomersAtOneBank', { bank_id, ...page }));
    }
  });

  it('streamCustomers bounds the last change, both bounds included', async () => {
    const bounds = [
      { from_date: time(1_000) },
      { to_date: time(1_500) },
      { from_date: time(1_000), to_date: time(1_010) },
      { from_date: time(2), to_date: time(2_600) },
      { from_date: time(10), to_date: time(9) },
      { from_date: time(1_000), to_date: time(1_000) },
    ];
    for (const bound of bounds)
      for (const page of pages) expect(await stream({ ...bound, ...page })).toEqual(expected({ ...bound, ...page }));
    expect(await stream({ from_date: time(1_000), to_date: time(1_010) })).toHaveLength(6);
  });

  it('streamCustomers lists given customers alone', async () => {
    const some = all.filter(() => random.int(0, 2) > 0).map(({ customer_id }) => customer_id);
    const [foreign] = await harness.sql<{ customer_id: string }>(
      `select customer_id from customer where bank_id = 'bank.1' limit 1`,
    );
    const only = { customer_ids: [...some, 'unknown', 'a\0', '', foreign?.customer_id ?? '', ...some.slice(0, 3)] };
    for (const page of pages) {
      expect(await stream({ only, ...page })).toEqual(expected({ only, ...page }));
      const bounded = { only, from_date: time(500), to_date: time(2_000), ...page };
      expect(await stream(bounded)).toEqual(expected(bounded));
    }
  });

  it('streamCustomers answers whole customers', async () => {
    // Lists show no versions.
    const { version: _version, ...created } = await harness.create(
      { date_of_birth: '1990-05-15T23:00:00Z', last_ok_date: '2024-03-05T12:14:22Z' },
      'shapes',
    );
    const wanted = [{ ...created, date_of_birth: '1990-05-15' }];
    for (const request of [
      {},
      { from_date: '2013-01-21T23:08:00Z' },
      { only: { customer_ids: [created.customer_id] } },
    ]) {
      expect(await customers({ bank_id: 'shapes', ...request })).toEqual(wanted);
    }
  });

  it('streamCustomers of no customer is an empty list', async () => {
    expect(await stream({ only: { customer_ids: [] } })).toEqual([]);
    expect(await stream({ only: { customer_ids: ['unknown', ''] }, offset: 600 })).toEqual([]);
    expect(await customers({ bank_id: 'empty', from_date: time(0) })).toEqual([]);
  });

  it('streamCustomers refuses bad paging, dates and too many customers', async () => {
    const prefix = 'OBP-10016: Incorrect filter Parameters in URL.  <- ';
    expect(await refusal(stream({ limit: 0 }))).toContain(`${prefix}OBP-10025`);
    expect(await refusal(stream({ from_date: 'yesterday' }))).toBe(
      `${prefix}OBP-10026: Failed to parse date string. Please use this format yyyy-MM-dd'T'HH:mm:ss.SSS'Z'!`,
    );
    expect(await refusal(stream({ to_date: '2018-03-09' }))).toContain(`${prefix}OBP-10026`);
    expect(await refusal(stream({ only: { customer_ids: Array<string>(10_001).fill('x') } }))).toBe(
      `${prefix}no more than 10000 customers may be asked for.`,
    );
    expect(
      await stream({
        only: { customer_ids: Array.from({ length: 10_000 }, (_, index) => all[index]?.customer_id ?? String(index)) },
        limit: 5_000,
      }),
    ).toHaveLength(all.length);
  });

  it('findCustomers answers the keys of those there are', async () => {
    const [one, two] = all;
    const known = [one, two].map((customer) => ({ bank_id, customer_id: customer?.customer_id ?? '' }));
    const foreign = { bank_id: 'bank.1', customer_id: one?.customer_id ?? '' };
    const asked = [
      ...known,
      foreign,
      { bank_id, customer_id: 'unknown' },
      { bank_id, customer_id: 'a\0' },
      { bank_id, customer_id: '' },
    ];
    expect((await harness.call('findCustomers', { keys: asked })).keys).toHaveLength(2);
    expect((await harness.call('findCustomers', { keys: asked })).keys).toEqual(expect.arrayContaining(known));
    expect(await harness.call('findCustomers', { keys: [] })).toEqual({ keys: [] });
    await harness.sql('delete from customer where customer_id = $1', [two?.customer_id]);
    all = all.filter((customer) => customer !== two);
    expect(await harness.call('findCustomers', { keys: known })).toEqual({ keys: [known[0]] });
  });

  it("are the platform's own", async () => {
    expect(await refusal(harness.call('findCustomers', { keys: [] }, caller(bank_id)))).toMatch(/^OBP-20006/);
    expect(await refusal(harness.list('streamCustomers', { bank_id, only: null }, caller(bank_id)))).toMatch(
      /^OBP-20006/,
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRandom, type Random } from '@platform/testing';
import { Client } from 'pg';
import { createList } from './customer-rows.js';
import { createHarness, customerBody, type Harness, refusal } from './harness.js';

interface Expected {
  bank_id: string;
  customer_id: string;
  /** Infinity without a date. */
  sort: number;
}

/** More than two chunks at one bank. */
const total = 1_300;

describe('lists of customers', () => {
  let harness: Harness;
  let random: Random;
  let all: Expected[];
  beforeAll(async () => {
    harness = await createHarness();
    random = createRandom();
    // Few different dates, so that many are equal, and some without one; each id at two banks, most at one of them.
    const rows = Array.from({ length: total }, (_, index) => ({
      customer_id: `id-${String(Math.floor(index / 2)).padStart(5, '0')}`,
      bank_id: index % 2 === 0 ? 'main' : random.pick(['B-bank', 'a.bank', 'z_bank']),
      last_ok_date: random.int(0, 3) === 0 ? null : `2024-01-0${random.int(1, 3)}T00:00:00Z`,
    }));
    const client = new Client({ connectionString: harness.url });
    await client.connect();
    await (await createList(client, random)).insert(rows);
    await client.end();
    all = rows.map(({ bank_id, customer_id, last_ok_date }) => ({
      bank_id,
      customer_id,
      sort: last_ok_date === null ? Infinity : Date.parse(last_ok_date),
    }));
  });
  afterAll(() => harness.close());

  const text = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  const inOrder = (rows: Expected[], direction: string) => {
    const sign = direction === 'asc' ? 1 : -1;
    return [...rows].sort(
      (a, b) =>
        sign *
        (a.sort === b.sort
          ? text(a.customer_id, b.customer_id) || text(a.bank_id, b.bank_id)
          : a.sort < b.sort
            ? -1
            : 1),
    );
  };
  const keys = (rows: { bank_id: string; customer_id: string }[]) =>
    rows.map(({ bank_id, customer_id }) => `${bank_id}/${customer_id}`);

  const bankLists = ['getCustomersAtOneBank', 'getCustomersMinimalAtOneBank'] as const;
  const anyBankLists = ['getCustomersAtAnyBank', 'getCustomersMinimalAtAnyBank'] as const;
  const pages: { limit?: number; offset?: number; sort_direction?: string }[] = [
    {},
    { limit: 7, offset: 3 },
    { limit: 499, offset: 1 },
    { limit: 500 },
    { limit: 501 },
    { limit: 1_000, offset: 333 },
    { limit: 2_147_483_647 },
    { limit: 10, offset: 645 },
    { limit: 600, offset: 700 },
    { offset: total - 1 },
    { offset: total },
    { offset: 2_147_483_647, limit: 1_000 },
  ].flatMap((page) => [{ ...page, sort_direction: 'ASC' }, page]);

  it.each(bankLists)('%s pages by last_ok_date and id', async (method) => {
    for (const page of pages) {
      const { limit = 50, offset = 0, sort_direction = 'desc' } = page;
      const expected = inOrder(
        all.filter(({ bank_id }) => bank_id === 'main'),
        sort_direction.toLowerCase(),
      ).slice(offset, offset + limit);
      expect(keys(await harness.list(method, { bank_id: 'main', ...page }))).toEqual(keys(expected));
    }
  });

  it.each(anyBankLists)('%s cuts the page by last_ok_date and id, then orders it by bank', async (method) => {
    for (const page of pages) {
      const { limit = 50, offset = 0, sort_direction = 'desc' } = page;
      const expected = inOrder(all, sort_direction.toLowerCase())
        .slice(offset, offset + limit)
        .sort((a, b) => text(a.bank_id, b.bank_id));
      expect(keys(await harness.list(method, page))).toEqual(keys(expected));
    }
  });

  it.each([...bankLists, ...anyBankLists])('%s covers every customer exactly once, page by page', async (method) => {
    const limit = random.int(60, 300);
    const wanted = method.endsWith('AnyBank') ? all : all.filter(({ bank_id }) => bank_id === 'main');
    for (const sort_direction of ['asc', 'desc']) {
      const seen: string[] = [];
      for (let offset = 0; offset < wanted.length; offset += limit) {
        seen.push(...keys(await harness.list(method, { bank_id: 'main', limit, offset, sort_direction })));
      }
      expect(seen.sort()).toEqual(keys(wanted).sort());
    }
  });

  it.each([...bankLists, ...anyBankLists])('%s refuses bad paging in the contract order', async (method) => {
    const bad = (page: object) => refusal(harness.list(method, { bank_id: 'main', ...page }));
    const prefix = 'OBP-10016: Incorrect filter Parameters in URL.  <- ';
    const limit = `${prefix}OBP-10025: wrong value for obp_limit parameter. Please send a positive integer (=>1)!`;
    expect(await bad({ limit: 0 })).toBe(limit);
    expect(await bad({ limit: -5, offset: -1 })).toBe(limit);
    expect(await bad({ offset: -1 })).toBe(
      `${prefix}OBP-10024: wrong value for obp_offset parameter. Please send a positive integer (=>0)!`,
    );
    expect(await bad({ sort_direction: 'up', limit: 0 })).toBe(
      `${prefix}OBP-10023: obp_sort_direction parameter can only take two values: DESC or ASC!`,
    );
  });

  it('answers an empty list for a bank without customers', async () => {
    expect(await harness.list('getCustomersAtOneBank', { bank_id: 'empty' })).toEqual([]);
    expect(await harness.list('getCustomersMinimalAtOneBank', { bank_id: 'empty' })).toEqual([]);
  });

  it('answers keys alone in the minimal shape and days in the other', async () => {
    // Lists show no versions.
    const { version: _version, ...created } = await harness.create(
      {
        date_of_birth: '1990-05-15T23:00:00Z',
        dependants: 1,
        dob_of_dependants: ['2013-01-21T23:08:00Z'],
        face_image: { url: 'u', date: '2017-09-19T01:02:03Z' },
        last_ok_date: '2024-03-05T12:14:22Z',
      },
      'shapes',
    );
    const { bank_id, customer_id } = created;
    expect(await harness.list('getCustomersMinimalAtOneBank', { bank_id })).toEqual([{ bank_id, customer_id }]);
    const [listed] = await harness.list('getCustomersAtOneBank', { bank_id });
    expect(JSON.stringify(listed)).toBe(
      JSON.stringify({ ...created, date_of_birth: '1990-05-15', dob_of_dependants: ['2013-01-21'] }),
    );
    const { version: _other, ...unknown } = await harness.create({}, 'unknown birthday');
    expect(await harness.list('getCustomersAtOneBank', { bank_id: 'unknown birthday' })).toEqual([
      { ...unknown, date_of_birth: '' },
    ]);
  });

  it('sends a list of the largest possible customers', async () => {
    const body = customerBody({
      legal_name: '中'.repeat(255),
      mobile_phone_number: '中'.repeat(50),
      email: '中'.repeat(200),
      face_image: { url: '😀'.repeat(2000), date: '2017-09-19T00:00:00Z' },
      relationship_status: '😀'.repeat(255),
      credit_rating: { rating: '😀'.repeat(100), source: '😀'.repeat(100) },
      credit_limit: { currency: '😀'.repeat(100), amount: '😀'.repeat(100) },
      highest_education_attained: '😀'.repeat(255),
      employment_status: '😀'.repeat(255),
      title: '😀'.repeat(255),
      branch_id: '😀'.repeat(255),
      name_suffix: '😀'.repeat(255),
      dependants: 255,
      dob_of_dependants: Array.from({ length: 255 }, () => '2013-01-21T23:08:00Z'),
    });
    const { customer_id } = await harness.create(body, 'large');
    const columns = (
      await harness.sql<{ name: string }>(
        `select column_name as name from information_schema.columns where table_name = 'customer' and is_generated = 'NEVER' and column_name not in ('customer_id', 'customer_number')`,
      )
    )
      .map(({ name }) => name)
      .join(', ');
    await harness.sql(
      `insert into customer (customer_id, customer_number, ${columns}) select i::text, i::text, ${columns} from customer, generate_series(1, 299) i where customer_id = $1`,
      [customer_id],
    );
    expect(await harness.list('getCustomersAtOneBank', { bank_id: 'large', limit: 300 })).toHaveLength(300);
  });
});

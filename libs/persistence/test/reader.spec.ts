import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure } from '@platform/messages';
import { createTestDatabase, patient, type TestDatabase } from '@platform/testing';
import { Client } from 'pg';
import { createReader, type Reader } from '../src/index.js';

let database: TestDatabase;
let admin: Client;
let reader: Reader;
beforeAll(async () => {
  database = await createTestDatabase('reader');
  admin = new Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(
    `do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'Asia/Tokyo'); end $$`,
  );
  reader = createReader(database.url, 2);
});
afterAll(async () => {
  await reader.close();
  await admin.end();
  await database.close();
});

const number = (value: unknown) => ({ name: 'number', text: 'select $1::int as n', values: [value] });
const connections = async () =>
  (
    await admin.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and application_name = 'customer-platform'`,
    )
  ).rows[0]?.n ?? 0;
const killAll = () =>
  admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'customer-platform'`,
  );

describe('a reader', () => {
  it.each(['rows', 'page'] as const)(
    '%s come as they are on the wire, whatever zone the server prefers',
    async (how) => {
      const text = `select '2013-01-21T23:08:00Z'::timestamptz as one, array['2013-01-21T23:08:00Z'::timestamptz] as list, null::timestamptz as none, 9007199254740991::bigint as big, 'ß😀' as text, true as yes`;
      expect(await reader[how]({ text, values: [] })).toEqual([
        {
          one: '2013-01-21T23:08:00Z',
          list: ['2013-01-21T23:08:00Z'],
          none: null,
          big: 9007199254740991,
          text: 'ß😀',
          yes: true,
        },
      ]);
    },
  );

  it('answers many reads at once, each its own, on its few connections', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => reader.rows<{ n: number }>(number(index))),
    );
    expect(answers.map(([row]) => row?.n)).toEqual(Array.from({ length: 200 }, (_, index) => index));
    expect(await connections()).toBeLessThanOrEqual(4);
  });

  it('plans a short read once and not for its values, which a longer read may be planned for', async () => {
    const only = createReader(database.url, 1);
    const keys = {
      name: 'keys',
      text: 'select relname from unnest($1::text[]) as key (name) join pg_class on relname = key.name',
    };
    const plans = {
      text: `select custom_plans::int as custom, generic_plans::int as generic from pg_prepared_statements where name like 'keys-%'`,
      values: [],
    };
    for (const how of ['rows', 'page'] as const)
      for (let run = 0; run < 5; run += 1) await only[how]({ ...keys, values: [['pg_class']] });
    expect(await only.rows(plans)).toEqual([{ custom: 0, generic: 5 }]);
    expect(await only.page(plans)).toEqual([{ custom: 5, generic: 0 }]);
    await only.close();
  });

  it('lets one read in the pipeline fail without the others', async () => {
    const bad = { text: 'select 1 / $1::int as n', values: [0] };
    const missing = { text: 'select * from no_such_table', values: [] };
    const answers = await Promise.allSettled(
      [1, 2, 3, 4, 5, 6].map((index) => reader.rows(index === 3 ? bad : index === 4 ? missing : number(index))),
    );
    expect(answers.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect((answers[2] as PromiseRejectedResult).reason).toMatchObject({
      failure: Failure.FAILURE_INVALID_JSON_FORMAT,
    });
    expect(answers[3]).toMatchObject({ reason: { code: '42P01' } });
  });

  it.each(['rows', 'page'] as const)("%s refuse a value that no column holds as the client's fault", async (how) => {
    await expect(reader[how](number('many'))).rejects.toThrow('OBP-10001');
  });

  it('goes on after its connections were cut, with no connection more than before', async () => {
    await Promise.all([reader.rows(number(1)), reader.rows(number(2))]);
    await killAll();
    expect(await reader.rows(number(3))).toEqual([{ n: 3 }]);
    const cut = Array.from({ length: 20 }, () =>
      reader.rows({ text: 'select pg_sleep(0.2), 1 as n', values: [] }).catch(() => undefined),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await killAll();
    await Promise.all(cut);
    expect(await Promise.all([4, 5].map((index) => reader.rows(number(index))))).toEqual([[{ n: 4 }], [{ n: 5 }]]);
    await reader.page(number(6)).catch(() => undefined);
    expect(await reader.page(number(7))).toEqual([{ n: 7 }]);
    expect(await connections()).toBeLessThanOrEqual(4);
  });

  it('gives up a read that takes longer than any caller waits', async () => {
    const started = Date.now();
    await expect(reader.rows({ text: 'select pg_sleep(20)', values: [] })).rejects.toMatchObject({
      failure: Failure.FAILURE_REQUEST_TIMEOUT,
    });
    expect(Date.now() - started).toBeLessThan(patient(8_000));
  });
});

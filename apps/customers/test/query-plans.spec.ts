import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lookUpAt, sessionOptions } from '@platform/persistence';
import { createExplainer, type Explainer, onPlainPostgres } from '@platform/testing';
import { addresses } from '../src/address/address.shape.js';
import { crmEventList } from '../src/crm-event/crm-event.sql.js';
import { bankListKey } from '../src/customer/customer-list-parts.sql.js';
import { recordList } from '../src/customer/customer-records.sql.js';
import {
  anyBankList,
  anyBankListKey,
  bankList,
  bankStretch,
  changedAmong,
  changedList,
  changedListKey,
  customerKeys,
  customersById,
  customersByNumber,
  type Direction,
  nextBank,
  searchByTrigrams,
  searchByWalk,
  type Selection,
} from '../src/customer/customer.sql.js';
import { socialMediaHandles } from '../src/social-media/social-media-handle.shape.js';
import { taxResidences } from '../src/tax-residence/tax-residence.shape.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHarness, type Harness } from './harness.js';
import { populate } from './population.js';

const plain = { distributed: false };
const directions: Direction[] = ['asc', 'desc'];
const selections: Selection[] = ['customers', 'keys'];
const someId = '01930000-0000-7400-8000-000000000000';
const someSort = '2024-05-01 00:00:00+00';
const firstKey = { asc: ['-infinity', ''], desc: ['infinity', '~'] };

/** Queries on a table of 100,000 customers at twelve banks; the largest bank has half of them. */
const fixed = [
  ...[1, 500].flatMap((size) => [
    {
      situation: `customers by ${size} ids`,
      text: lookUpAt(plain, customersById).text,
      values: [Array(size).fill('bank.0'), Array(size).fill(someId)],
      index: 'customer_pkey',
    },
    {
      situation: `${size} keys of customers`,
      text: lookUpAt(plain, customerKeys).text,
      values: [Array(size).fill('bank.0'), Array(size).fill(someId)],
      index: 'customer_pkey',
    },
    {
      situation: `customers by ${size} numbers`,
      text: lookUpAt(plain, customersByNumber).text,
      values: [Array(size).fill('bank.0'), Array(size).fill('1000002')],
      index: 'customer_number_unique',
    },
  ]),
  { situation: 'the next bank', text: nextBank.text, values: ['bank.0'], index: undefined },
  ...directions.flatMap((direction) => [
    {
      situation: `where a page of all banks begins, ${direction}`,
      text: anyBankListKey(direction).text,
      values: [...firstKey[direction], '~', 99_000],
      index: 'customer_list_any_bank',
    },
    ...selections.flatMap((selection) => [
      ...[50, 500].flatMap((rows) => [
        {
          situation: `first ${rows} ${selection} of a bank, ${direction}`,
          text: bankList(direction, selection).text,
          values: ['bank.0', ...firstKey[direction], rows, 0],
          index: 'customer_list',
        },
        {
          situation: `next ${rows} ${selection} of a bank, ${direction}`,
          text: bankList(direction, selection).text,
          values: ['bank.3', someSort, someId, rows, rows],
          index: 'customer_list',
        },
        {
          situation: `first ${rows} ${selection} of all banks, ${direction}`,
          text: anyBankList(direction, selection).text,
          values: [...firstKey[direction], '~', rows],
          index: 'customer_list_any_bank',
        },
        {
          situation: `next ${rows} ${selection} of all banks, ${direction}`,
          text: anyBankList(direction, selection).text,
          values: [someSort, someId, 'bank.0', rows],
          index: 'customer_list_any_bank',
        },
      ]),
      {
        situation: `a bank's stretch of ${selection} of all banks, ${direction}`,
        text: bankStretch(direction, selection).text,
        values: ['bank.0', ...firstKey[direction], '~', someSort, someId, 'bank.0', 500],
        index: 'customer_list',
      },
    ]),
  ]),
];

const searches = [
  ...['Anna%', '%mann', '%Dmitri%', 'Li 8e%mann'].map((pattern) => ({
    text: searchByTrigrams('legal_name'),
    pattern,
    index: 'customer_legal_name_search',
  })),
  ...['%381%', '+49 0123456789', '%5678_0%'].map((pattern) => ({
    text: searchByTrigrams('mobile_phone_number'),
    pattern,
    index: 'customer_mobile_phone_number_search',
  })),
  ...['%', '%a%', '_____________'].map((pattern) => ({
    text: searchByWalk('legal_name'),
    pattern,
    index: 'customer_pkey',
  })),
  ...['%', '%38%'].map((pattern) => ({ text: searchByWalk('mobile_phone_number'), pattern, index: 'customer_pkey' })),
];

/** A minute, an hour, and all of the 70 days in which the customers were last changed. */
const changes = [
  { range: 'a minute', bounds: ['2024-02-01T00:00:00Z', '2024-02-01T00:01:00Z'], index: 'customer_updated' },
  { range: 'an hour', bounds: ['2024-02-01T00:00:00Z', '2024-02-01T01:00:00Z'], index: 'customer_updated' },
  { range: 'all days', bounds: ['-infinity', 'infinity'], index: 'customer_list' },
  { range: 'all days but one', bounds: ['2024-01-02T00:00:00Z', 'infinity'], index: 'customer_list' },
];
const records = [addresses, taxResidences, socialMediaHandles];
/** 20,000 rows for each table: two hundred customers with a hundred each. */
const fillRecords = [
  `insert into customer_address select bank_id, customer_id || i, customer_id, '', '', '', '', '', '', '', '', '{}', '', now(), now() from (select * from customer where bank_id = 'bank.0' order by customer_id limit 200) as customer, generate_series(1, 100) i`,
  `insert into tax_residence select bank_id, customer_address_id, customer_id, '', customer_address_id, now() from customer_address`,
  `insert into social_media_handle select bank_id, customer_address_id, customer_id, '', '', null, null, now() from customer_address`,
  `insert into crm_event select case when i % 2 = 0 then 'bank.0' else 'bank.1' end, md5(i::text), lpad(i::text, 8, '0'), '', '', '', '', '', null, null, '', now() from generate_series(1, 20000) i`,
];

onPlainPostgres(describe)('query plans on 100,000 customers', () => {
  let harness: Harness;
  let explainer: Explainer;
  beforeAll(async () => {
    harness = await createHarness();
    await harness.sql(populate, [100_000]);
    for (const fill of fillRecords) await harness.sql(fill);
    await countedLists();
    await harness.sql('vacuum analyze');
    explainer = await createExplainer(harness.url, sessionOptions);
  }, 120_000);
  afterAll(async () => {
    await explainer.close();
    await harness.close();
  });

  const countedLists = async () => {
    while (
      (
        await harness.sql(
          'select from customer_list_change having sum(abs(change)) >= 200 union all select from customer_list_part where customers > 4000',
        )
      ).length > 0
    )
      await sleep(100);
  };
  const plan = async (text: string, values: readonly unknown[], mode: 'custom' | 'generic') => {
    const found = await explainer.plan(text, values, mode);
    return {
      scans: found.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']),
      indexes: found.flatMap((node) => node['Index Name'] ?? []),
      nodes: found.map((node) => node['Node Type']),
    };
  };

  it.each(fixed)('uses its index for $situation', async ({ situation, text, values, index }) => {
    for (const mode of ['custom', 'generic'] as const) {
      const { scans, indexes, nodes } = await plan(text, values, mode);
      expect(scans).toEqual([]);
      expect(indexes).toHaveLength(1);
      if (index !== undefined) expect(indexes).toEqual([index]);
      expect(nodes).not.toContain('Sort');
      if (/ (keys|where) /.test(` ${situation} `)) expect(nodes).toContain('Index Only Scan');
    }
  });

  it.each(directions)('walks a part of its index for where a page of a bank begins, %s', async (direction) => {
    for (const mode of ['custom', 'generic'] as const) {
      for (const place of [600, 25_000, 49_000]) {
        const walked = (await explainer.plan(bankListKey(direction).text, ['bank.0', place], mode)).filter(
          (node) => node['Relation Name'] === 'customer',
        );
        expect(walked).toMatchObject([{ 'Node Type': 'Index Only Scan', 'Index Name': 'customer_list' }]);
        expect(walked[0]?.['Actual Rows']).toBeLessThanOrEqual(4_001);
      }
    }
  });

  it.each(changes)('uses $index for what was changed within $range', async ({ bounds, index }) => {
    for (const direction of directions) {
      for (const [sort, id] of [firstKey[direction], [someSort, someId]]) {
        const { scans, indexes } = await plan(
          changedList(direction),
          ['bank.0', ...bounds, sort, id, 500, 0],
          'custom',
        );
        expect(scans).toEqual([]);
        expect(indexes).toEqual([index]);
      }
      const { scans, indexes } = await plan(changedListKey(direction), ['bank.0', ...bounds, 600], 'custom');
      expect(scans).toEqual([]);
      expect(indexes).toEqual([index]);
    }
  });

  it.each([1, 500, 10_000])('looks each of %i given customers up', async (size) => {
    const ids = (
      await harness.sql<{ customer_id: string }>(
        `select customer_id from customer where bank_id = 'bank.0' order by customer_id limit $1`,
        [size],
      )
    ).map(({ customer_id }) => customer_id);
    for (const direction of directions) {
      for (const bounds of [
        ['-infinity', 'infinity'],
        ['2024-01-02T00:00:00Z', 'infinity'],
      ]) {
        const { scans, indexes } = await plan(
          changedAmong(direction),
          ['bank.0', ...bounds, ...firstKey[direction], 500, 0, ids],
          'custom',
        );
        expect(scans).toEqual([]);
        expect(new Set(indexes)).toEqual(new Set(['customer_pkey']));
      }
    }
  });

  it.each(records)("uses its index for a customer's $table", async (records) => {
    const [owner] = await harness.sql<{ customer_id: string }>('select customer_id from customer_address limit 1');
    for (const customer_id of [owner?.customer_id, someId]) {
      for (const mode of ['custom', 'generic'] as const) {
        const { scans, indexes } = await plan(
          recordList(records).text,
          ['bank.0', customer_id, records.direction === 'asc' ? '' : '~', 50],
          mode,
        );
        expect(scans).toEqual([]);
        expect(indexes.sort()).toEqual(['customer_pkey', `${records.table}_list`].sort());
      }
    }
  });

  it('uses its index for CRM events', async () => {
    for (const mode of ['custom', 'generic'] as const) {
      const { scans, indexes, nodes } = await plan(crmEventList.text, ['bank.0', '00010000', 250], mode);
      expect({ scans, indexes }).toEqual({ scans: [], indexes: ['crm_event_list'] });
      expect(nodes).not.toContain('Sort');
    }
  });

  it.each(searches)('uses $index to search for $pattern', async ({ text, pattern, index }) => {
    const { scans, indexes } = await plan(text, ['bank.0', pattern, '', 500, 0], 'custom');
    expect(scans).toEqual([]);
    expect(indexes).toContain(index);
  });
});

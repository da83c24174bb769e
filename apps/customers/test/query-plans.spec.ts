import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sessionOptions } from '@platform/persistence';
import { Client } from 'pg';
import { anyBankList, anyBankListKey, bankList, bankListKey, bankStretch, customersById, customersByNumber, type Direction, nextBank, searchByTrigrams, searchByWalk, type Selection } from '../src/customer/customer.sql.js';
import { createHarness, type Harness } from './harness.js';
import { populate } from './population.js';

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: PlanNode[];
}

const nodes = (plan: PlanNode): PlanNode[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];
const directions: Direction[] = ['asc', 'desc'];
const selections: Selection[] = ['customers', 'keys'];
const someId = '01930000-0000-7400-8000-000000000000';
const someSort = '2024-05-01 00:00:00+00';
const firstKey = { asc: ['-infinity', ''], desc: ['infinity', '~'] };

/** What runs on a table of 100,000 customers at twelve banks, the largest having half of them. */
const fixed = [
  ...[1, 500].flatMap((size) => [
    { situation: `customers by ${size} ids`, text: customersById.text, values: [Array(size).fill('bank.0'), Array(size).fill(someId)], index: 'customer_pkey' },
    { situation: `customers by ${size} numbers`, text: customersByNumber.text, values: [Array(size).fill('bank.0'), Array(size).fill('1000002')], index: 'customer_number_unique' },
  ]),
  { situation: 'the next bank', text: nextBank.text, values: ['bank.0'], index: undefined },
  ...directions.flatMap((direction) => [
    { situation: `where a page of a bank begins, ${direction}`, text: bankListKey(direction).text, values: ['bank.0', 49_000], index: 'customer_list' },
    { situation: `where a page of all banks begins, ${direction}`, text: anyBankListKey(direction).text, values: [...firstKey[direction], '~', 99_000], index: 'customer_list_any_bank' },
    ...selections.flatMap((selection) => [
      ...[50, 500].flatMap((rows) => [
        { situation: `first ${rows} ${selection} of a bank, ${direction}`, text: bankList(direction, selection).text, values: ['bank.0', ...firstKey[direction], rows, 0], index: 'customer_list' },
        { situation: `next ${rows} ${selection} of a bank, ${direction}`, text: bankList(direction, selection).text, values: ['bank.3', someSort, someId, rows, rows], index: 'customer_list' },
        { situation: `first ${rows} ${selection} of all banks, ${direction}`, text: anyBankList(direction, selection).text, values: [...firstKey[direction], '~', rows], index: 'customer_list_any_bank' },
        { situation: `next ${rows} ${selection} of all banks, ${direction}`, text: anyBankList(direction, selection).text, values: [someSort, someId, 'bank.0', rows], index: 'customer_list_any_bank' },
      ]),
      {
        situation: `a bank's stretch of ${selection} of all banks, ${direction}`, text: bankStretch(direction, selection).text,
        values: ['bank.0', ...firstKey[direction], '~', someSort, someId, 'bank.0', 500], index: 'customer_list',
      },
    ]),
  ]),
];

const searches = [
  ...['Anna%', '%mann', '%Dmitri%', 'Li 8e%mann'].map((pattern) => ({ text: searchByTrigrams('legal_name'), pattern, index: 'customer_legal_name_search' })),
  ...['%381%', '+49 0123456789', '%5678_0%'].map((pattern) => ({ text: searchByTrigrams('mobile_phone_number'), pattern, index: 'customer_mobile_phone_number_search' })),
  ...['%', '%a%', '_____________'].map((pattern) => ({ text: searchByWalk('legal_name'), pattern, index: 'customer_pkey' })),
  ...['%', '%38%'].map((pattern) => ({ text: searchByWalk('mobile_phone_number'), pattern, index: 'customer_pkey' })),
];

describe('query plans on 100,000 customers', () => {
  let harness: Harness;
  let client: Client;
  beforeAll(async () => {
    harness = await createHarness();
    await harness.sql(populate, [100_000]);
    await harness.sql('vacuum analyze customer');
    client = new Client({ connectionString: harness.url, ...sessionOptions });
    await client.connect();
  }, 120_000);
  afterAll(async () => {
    await client.end();
    await harness.close();
  });

  const plan = async (text: string, values: readonly unknown[], mode: 'force_custom_plan' | 'force_generic_plan') => {
    await client.query(`set plan_cache_mode = ${mode}`);
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`explain (format json) ${text}`, [...values]);
    const found = nodes((rows[0] as { 'QUERY PLAN': [{ Plan: PlanNode }] })['QUERY PLAN'][0].Plan);
    return { scans: found.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']), indexes: found.flatMap((node) => node['Index Name'] ?? []), nodes: found.map((node) => node['Node Type']) };
  };

  it.each(fixed)('uses its index for $situation', async ({ situation, text, values, index }) => {
    for (const mode of ['force_custom_plan', 'force_generic_plan'] as const) {
      const { scans, indexes, nodes } = await plan(text, values, mode);
      expect(scans).toEqual([]);
      expect(indexes).toHaveLength(1);
      if (index !== undefined) expect(indexes).toEqual([index]);
      expect(nodes).not.toContain('Sort');
      if (/ (keys|where) /.test(` ${situation} `)) expect(nodes).toContain('Index Only Scan');
    }
  });

  it.each(searches)('uses $index to search for $pattern', async ({ text, pattern, index }) => {
    const { scans, indexes } = await plan(text, ['bank.0', pattern, '', 500, 0], 'force_custom_plan');
    expect(scans).toEqual([]);
    expect(indexes).toContain(index);
  });
});

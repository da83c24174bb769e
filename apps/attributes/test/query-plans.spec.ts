import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lookUpAt, sessionOptions } from '@platform/persistence';
import { createExplainer, type Explainer, onPlainPostgres } from '@platform/testing';
import { definitionsAfter } from '../src/attribute-definition/attribute-definition.sql.js';
import {
  attributeOfCustomer,
  attributesAfter,
  attributesOfCustomers,
  customersOfPairs,
  customersOfPairsAmong,
  ownerOfAttribute,
  surroundings,
} from '../src/customer-attribute/customer-attribute.sql.js';
import { createHarness, type Harness } from './harness.js';
import { populate } from './population.js';

const customerId = (n: number) => `01920000-${n.toString(16).padStart(6, '0')}`;
const ids = (count: number) => Array.from({ length: count }, (_, n) => customerId(2 * n + 2));
const large = 'bank.0';
const plain = { distributed: false };

const list = 'customer_attribute_list';
const byValue = 'customer_attribute_by_value';
const primary = 'customer_attribute_pkey';

interface Planned {
  situation: string;
  text: string;
  values: readonly unknown[];
  /** The indexes that may be used. */
  index: string[];
  /** The most rows that are read. */
  touched: number;
  /** The plan is always made for the given values. */
  unnamed?: boolean;
}

const queries: Planned[] = [
  {
    situation: 'an attribute of a customer',
    text: attributeOfCustomer.text,
    values: [large, customerId(2), '01930000-000002-1'],
    index: [list, primary],
    touched: 1,
  },
  {
    situation: "an attribute's customer",
    text: ownerOfAttribute.text,
    values: [large, '01930000-000002-1'],
    index: [primary],
    touched: 1,
  },
  {
    situation: 'the attributes of a customer',
    text: attributesAfter.text,
    values: [large, customerId(2), ''],
    index: [list],
    touched: 5,
  },
  {
    situation: 'what a write must know',
    text: surroundings.text,
    values: [large, customerId(2), 'N12', '01930000-000002-1'],
    index: [list, 'attribute_definition_name_key'],
    touched: 6,
  },
  ...[1, 80, 1000].map((size) => ({
    situation: `the attributes of ${size} customers`,
    text: lookUpAt(plain, attributesOfCustomers).text,
    values: [Array(size).fill(large), ids(size), ''],
    index: [list],
    touched: 5 * Math.min(size, 120),
  })),
  {
    situation: 'the next attributes of 1000 customers',
    text: lookUpAt(plain, attributesOfCustomers).text,
    values: [Array(1000).fill(large), ids(1000), '01930000-000002-3'],
    index: [list],
    touched: 600,
  },
  ...[
    { pairs: [['SEGMENT', 'retail']], limit: 50, touched: 60 },
    { pairs: [['SEGMENT', 'retail']], limit: 10_000, touched: 10_100 },
    {
      pairs: [
        ['ACTIVE', 'true'],
        ['SEGMENT', 'retail'],
        ['BRANCH', 'branch 8'],
      ],
      limit: 50,
      touched: 250,
    },
    { pairs: [['BRANCH', 'branch 8']], limit: 10_000, touched: 100 },
    {
      pairs: [
        ['TAX_NUMBER', '20000'],
        ['TAX_NUMBER', 'none'],
      ],
      limit: 10_000,
      touched: 1,
    },
    { pairs: [['NOTHING', 'x']], limit: 50, touched: 0 },
  ].flatMap(({ pairs, limit, touched }) => {
    const values = [large, pairs.map(([name]) => name), pairs.map(([, value]) => value), limit];
    const situation = `${limit} customers with ${pairs.map((pair) => pair.join('=')).join(' or ')}`;
    return [
      { situation, text: customersOfPairs.text, values, index: [byValue], touched },
      {
        situation: `${situation} among 1000`,
        text: customersOfPairsAmong.text,
        values: [...values, ids(1000)],
        index: [byValue],
        touched: 1001,
        unnamed: true,
      },
    ];
  }),
];

onPlainPostgres(describe)('query plans on 250,000 attributes', () => {
  let harness: Harness;
  let explainer: Explainer;
  beforeAll(async () => {
    harness = await createHarness();
    await harness.sql(populate, [50_000]);
    await harness.sql(
      `insert into attribute_definition select 'bank.' || i % 12, i, 'N' || i, 'Customer', 'STRING', '', '', '{}', true from generate_series(1, 12000) i`,
    );
    await harness.sql('vacuum analyze');
    explainer = await createExplainer(harness.url, sessionOptions);
  }, 120_000);
  afterAll(async () => {
    await explainer.close();
    await harness.close();
  });

  const modes = ['custom', 'generic'] as const;

  it.each(queries)('touches few rows for $situation', async ({ text, values, index, touched, unnamed }: Planned) => {
    for (const mode of unnamed === true ? modes.slice(0, 1) : modes) {
      const found = await explainer.plan(text, values, mode);
      const scans = found.filter((node) => node['Index Name'] !== undefined || node['Relation Name'] !== undefined);
      expect(scans.map((node) => node['Node Type'])).not.toContain('Seq Scan');
      for (const node of scans) expect(index).toContain(node['Index Name']);
      const rows = scans
        .filter((node) => node['Relation Name'] !== undefined)
        .reduce(
          (sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
          0,
        );
      expect(rows).toBeLessThanOrEqual(touched);
    }
  });

  it.each([
    {
      situation: "a page of a bank's definitions",
      text: definitionsAfter.text,
      values: [large, '', 30],
      index: 'attribute_definition_pkey',
    },
  ])('uses $index for $situation', async ({ text, values, index }) => {
    for (const mode of modes) {
      const found = await explainer.plan(text, values, mode);
      expect(found.flatMap((node) => node['Index Name'] ?? [])).toEqual([index]);
      expect(found.map((node) => node['Node Type'])).not.toContain('Sort');
    }
  });
});

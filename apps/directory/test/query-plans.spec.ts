import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GetAuditEventsRequest } from '@platform/messages';
import { sessionOptions } from '@platform/persistence';
import { createExplainer, type Explainer, onPlainPostgres } from '@platform/testing';
import {
  accountsByAttribute,
  accountsById,
  attributesOfAccounts,
  routingsOfAccounts,
} from '../src/account/account.sql.js';
import { eventsBefore } from '../src/audit/audit.sql.js';
import {
  attributesOfUser,
  attributesOfUsers,
  knownUsers,
  usersById,
} from '../src/user-attribute/user-attribute.sql.js';
import { startDirectory } from './directory.js';

const noFilter: GetAuditEventsRequest = {
  from_date: null,
  to_date: null,
  user_id: null,
  operation_id: null,
  result: null,
  before: null,
  limit: null,
};

const ids = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}.${n * 7 + 1}`);

/**
 * Three banks with 10,000 accounts each, every one with an attribute and a routing; 10,000 users with two attributes.
 */
const populate = [
  "insert into bank select 'bank.' || n, 'B', '', '', '', '[]', '[]', now() from generate_series(1, 3) n",
  `insert into account (bank_id, account_id, account_number, user_id, holder, label, product_code, branch_id, currency, created_at)
   select 'bank.' || n % 3 + 1, 'account.' || n, n, '', '', '', '', '', 'EUR', now() from generate_series(1, 30000) n`,
  "insert into account_routing select 'bank.' || n % 3 + 1, 'IBAN', n, 'account.' || n, 0 from generate_series(1, 30000) n",
  "insert into account_attribute select 'bank.' || n % 3 + 1, 'account.' || n, 'a', 'P', '', 'customer_number', 'STRING', n / 30, now() from generate_series(1, 30000) n",
  "insert into app_user select 'user.' || n, 'p', n, n, '', '', '', null, true, false, false, now() from generate_series(1, 10000) n",
  "insert into user_attribute select 'user.' || n / 2 + 1, n, 'n', 'STRING', 'v', n % 2 = 0, now() from generate_series(1, 19998) n",
  "insert into audit.event select lpad(to_hex(n), 12, '0'), now(), 'login', 'op.' || n % 100, 'user.' || n % 1000, '', '', '', '', 'OBP-' || n % 50, 1, '' from generate_series(1, 30000) n",
  'vacuum analyze',
];

const cases = [
  ...[1, 100].flatMap((size) => [
    {
      situation: `${size} accounts`,
      text: accountsById.text,
      values: ['bank.2', ids('account', size)],
      index: 'account_pkey',
    },
    {
      situation: `routings of ${size} accounts`,
      text: routingsOfAccounts.text,
      values: ['bank.2', ids('account', size)],
      index: 'account_routing_by_account',
    },
    {
      situation: `attributes of ${size} accounts`,
      text: attributesOfAccounts.text,
      values: ['bank.2', ids('account', size), '', '', 250],
      index: 'account_attribute_pkey',
    },
    { situation: `${size} users`, text: usersById.text, values: [ids('user', size)], index: 'app_user_pkey' },
    {
      situation: `which of ${size} users are known`,
      text: knownUsers.text,
      values: [ids('user', size)],
      index: 'app_user_pkey',
    },
    {
      situation: `attributes of ${size} users`,
      text: attributesOfUsers.text,
      values: [ids('user', size), '', '', 200],
      index: 'user_attribute_pkey',
    },
  ]),
  {
    situation: 'accounts by an attribute',
    text: accountsByAttribute.text,
    values: ['bank.2', 'customer_number', '300', '', 100],
    index: 'account_attribute_by_value',
  },
  ...(<[situation: string, asked: Partial<GetAuditEventsRequest>, index: string][]>[
    ['the newest events', {}, 'event_pkey'],
    ['events behind another', { before: '00000000ffff' }, 'event_pkey'],
    ['events of a time', { from_date: '1970-01-01T00:00:00Z', to_date: '1970-01-01T00:00:10Z' }, 'event_pkey'],
    ['events of a user', { user_id: 'user.5' }, 'event_by_user'],
    ['events of an operation', { operation_id: 'op.5' }, 'event_by_operation'],
    ['events with a result', { result: 'OBP-5' }, 'event_by_result'],
  ]).map(([situation, asked, index]) => ({
    situation,
    index,
    ...eventsBefore({ ...noFilter, ...asked }, asked.before ?? undefined, 50),
  })),
  {
    situation: 'attributes of a user',
    text: attributesOfUser.text,
    values: ['user.5', true, '~', 200],
    index: 'user_attribute_list',
  },
];

onPlainPostgres(describe)('query plans', () => {
  let directory: Awaited<ReturnType<typeof startDirectory>>;
  let explainer: Explainer;
  beforeAll(async () => {
    directory = await startDirectory();
    for (const sql of populate) await directory.rows(sql);
    explainer = await createExplainer(directory.database_url, sessionOptions);
  }, 60_000);
  afterAll(async () => {
    await explainer.close();
    await directory.close();
  });

  it.each(cases)('use an index for $situation', async ({ text, values, index }) => {
    for (const mode of ['custom', 'generic'] as const) {
      const found = await explainer.plan(text, values, mode);
      expect(found.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
      expect(found.flatMap((node) => node['Index Name'] ?? [])).toEqual([index]);
    }
  });
});

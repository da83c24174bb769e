import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Role } from '@platform/messages';
import { type LookUp, lookUpAt, sessionOptions } from '@platform/persistence';
import { ConfigurationError, readSettings } from '@platform/runtime';
import { createExplainer, type Explainer, onPlainPostgres } from '@platform/testing';
import {
  accountLinkById,
  accountLinksOfAccount,
  accountLinksOfCustomer,
  accountLinksOfCustomers,
  accountOfAgent,
} from '../src/customer-account-link/customer-account-link.sql.js';
import { linksConfig, linksSettings } from '../src/index.js';
import {
  userLinkById,
  userLinksOfCustomer,
  userLinksOfUser,
  userLinksOfUserAtAnyBank,
  usersOfCustomers,
} from '../src/user-customer-link/user-customer-link.sql.js';
import { bank, caller, createHarness, type Harness, type Method, refusal, ruleOf } from './harness.js';

const requests: Partial<Record<Method, object>> = {
  createUserCustomerLinks: { bank_id: bank, body: { user_id: 'u', customer_id: 'c' } },
  deleteUserCustomerLink: { bank_id: bank, user_customer_link_id: 'l' },
  getUserCustomerLinksByCustomerId: { bank_id: bank, customer_id: 'c' },
  getUserCustomerLinksByUserId: { bank_id: bank, user_id: 'u' },
  createCustomerAccountLink: {
    bank_id: bank,
    body: { bank_id: bank, customer_id: 'c', account_id: 'a', relationship_type: '' },
  },
  getCustomerAccountLinkById: { bank_id: bank, customer_account_link_id: 'l' },
  getCustomerAccountLinksByBankIdAccountId: { bank_id: bank, account_id: 'a' },
  getCustomerAccountLinksByCustomerId: { bank_id: bank, customer_id: 'c' },
  updateCustomerAccountLinkById: { bank_id: bank, customer_account_link_id: 'l', body: { relationship_type: '' } },
  deleteCustomerAccountLinkById: { bank_id: bank, customer_account_link_id: 'l' },
  getCustomersOfUser: { user_id: 'u' },
  batchGetUsersOfCustomers: { keys: [] },
  batchGetAccountLinksOfCustomers: { keys: [] },
  linkAgent: { bank_id: bank, agent_id: 'agent', account_id: 'a', link_id: 'l' },
  findAgentAccount: { bank_id: bank, agent_id: 'agent' },
  forgetCustomerLinks: { key: { bank_id: bank, customer_id: 'c' } },
};
const methods = Object.keys(requests) as Method[];

describe('callers of the links service', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
  });
  afterAll(async () => {
    expect(harness.neighbours.asked).toEqual([]);
    expect(
      await harness.sql(
        'select 1 from user_customer_link union all select 1 from customer_account_link union all select 1 from customer_presence',
      ),
    ).toEqual([]);
    await harness.close();
  });

  const ask = (method: Method, ...context: Parameters<typeof caller>) =>
    refusal(
      method.startsWith('get') || method.startsWith('batch')
        ? harness.messages(method, requests[method] as never, caller(...context))
        : harness.call(method, requests[method] as never, caller(...context)),
    );

  it.each(methods)('%s refuses who may not', async (method) => {
    if (ruleOf(method).access === 'service') {
      expect(await ask(method, bank)).toMatch(/^OBP-20006/);
      return;
    }
    expect(await ask(method, bank, [])).toMatch(/^OBP-20006: User is missing one or more roles: Can/);
    expect(await ask(method, bank, [Role.ROLE_CAN_CREATE_CUSTOMER])).toMatch(/^OBP-20006/);
    expect(await ask(method, 'other')).toMatch(/^OBP-20006/);
  });
});

describe('the links service', () => {
  it('passes with one connection for commands, and continues after a restart', async () => {
    const harness = await createHarness({ pool: 1 });
    const { customers, users, accounts } = harness.neighbours;
    const ids = Array.from({ length: 20 }, (_, n) => String(n));
    for (const id of ids) {
      customers.add(`${bank}/${id}`);
      accounts.add(`${bank}/${id}`);
    }
    users.add('u');
    await Promise.all(
      ids.map((customer_id) =>
        harness.call('createUserCustomerLinks', { bank_id: bank, body: { user_id: 'u', customer_id } }),
      ),
    );
    const links = await Promise.all(
      ids.map((id) =>
        harness.call('createCustomerAccountLink', {
          bank_id: bank,
          body: { bank_id: bank, customer_id: id, account_id: id, relationship_type: '' },
        }),
      ),
    );
    await Promise.all(
      links.map(({ customer_account_link_id }) =>
        harness.call('updateCustomerAccountLinkById', {
          bank_id: bank,
          customer_account_link_id,
          body: { relationship_type: 'x' },
        }),
      ),
    );
    await harness.restart();
    expect((await harness.messages('getCustomersOfUser', { user_id: 'u' }))[0]?.keys).toHaveLength(20);
    await Promise.all(
      links.map(({ customer_account_link_id }) =>
        harness.call('deleteCustomerAccountLinkById', { bank_id: bank, customer_account_link_id }),
      ),
    );
    expect(await harness.sql('select from customer_account_link')).toEqual([]);
    await harness.close();
  });
});

onPlainPostgres(describe)('query plans on 60,000 links', () => {
  let harness: Harness;
  let explainer: Explainer;
  beforeAll(async () => {
    harness = await createHarness();
    await harness.sql(
      `insert into user_customer_link select 'bank' || i % 3, 'l' || lpad(i::text, 6, '0'), 'c' || i / 3, 'u' || i % 5000, now(), true from generate_series(1, 60000) i`,
    );
    await harness.sql(
      `insert into customer_account_link select 'bank' || i % 3, 'l' || lpad(i::text, 6, '0'), 'c' || i / 3, 'a' || i % 20000, 'Owner', i % 100 = 0 from generate_series(1, 60000) i`,
    );
    await harness.sql('vacuum analyze');
    explainer = await createExplainer(harness.url, sessionOptions);
  }, 60_000);
  afterAll(async () => {
    await explainer.close();
    await harness.close();
  });

  const atOne = (lookUp: LookUp) => lookUpAt({ distributed: false }, lookUp);
  const keys = (count: number) => [Array(count).fill('bank1'), Array.from({ length: count }, (_, n) => `c${n * 7}`)];
  it.each([
    { statement: userLinkById, values: ['bank1', 'l000004'], index: /^user_customer_link_pkey$/ },
    { statement: userLinksOfCustomer, values: ['bank1', 'c100', '', 100], index: /^user_customer_link_by_customer$/ },
    {
      statement: userLinksOfUser,
      values: ['bank1', 'u100', 'l000200', 500],
      index: /^user_customer_link_by_user(_any_bank)?$/,
    },
    { statement: userLinksOfUserAtAnyBank, values: ['u100', '', 500], index: /^user_customer_link_by_user_any_bank$/ },
    { statement: atOne(usersOfCustomers), values: [...keys(1), 1_000, ''], index: /^user_customer_link_by_customer$/ },
    {
      statement: atOne(usersOfCustomers),
      values: [...keys(1_000), 1_000, 'l000200'],
      index: /^user_customer_link_by_customer$/,
    },
    { statement: accountLinkById, values: ['bank1', 'l000004'], index: /^customer_account_link_pkey$/ },
    {
      statement: accountLinksOfAccount,
      values: ['bank1', 'a100', '', 100],
      index: /^customer_account_link_by_account$/,
    },
    {
      statement: accountLinksOfCustomer,
      values: ['bank1', 'c100', '', 100],
      index: /^customer_account_link_by_customer$/,
    },
    {
      statement: atOne(accountLinksOfCustomers),
      values: [...keys(1_000), 1_000, ''],
      index: /^customer_account_link_by_customer$/,
    },
    { statement: accountOfAgent, values: ['bank1', 'c100'], index: /^customer_account_link_by_customer$/ },
  ])('$statement.name goes by $index', async ({ statement, values, index }) => {
    for (const mode of ['custom', 'generic'] as const) {
      const nodes = await explainer.plan(statement.text, values, mode);
      const used = nodes.flatMap((node) => node['Index Name'] ?? []);
      expect([used.length > 0, used.filter((name) => !index.test(name))]).toEqual([true, []]);
      expect(nodes.map((node) => node['Node Type'])).not.toContain('Seq Scan');
    }
  });
});

describe('the configuration of the links service', () => {
  const journal_key = 'kept as long as the data of the service';
  const read = (env: Record<string, string>) => linksConfig(readSettings(linksSettings, env));

  it('has defaults for all but the database and the secret', () => {
    const caller_secret = 'thirty-two characters or even more';
    expect(
      read({
        DATABASE_URL: 'postgresql://u:p@db:5432/postgres',
        CALLER_SECRET: caller_secret,
        JOURNAL_KEY: journal_key,
      }),
    ).toMatchObject({
      port: 50054,
      database_url: 'postgresql://u:p@db:5432/links',
      caller_secret,
      journal_key,
    });
    expect(() => read({})).toThrow(ConfigurationError);
  });
});

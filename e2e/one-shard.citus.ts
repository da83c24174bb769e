import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LookUp, lookUpAt } from '@platform/persistence';
import { Client } from 'pg';
import * as agent from '../apps/agents/src/agent/agent.sql.js';
import * as definition from '../apps/attributes/src/attribute-definition/attribute-definition.sql.js';
import * as attribute from '../apps/attributes/src/customer-attribute/customer-attribute.sql.js';
import * as crmEvent from '../apps/customers/src/crm-event/crm-event.sql.js';
import * as listParts from '../apps/customers/src/customer/customer-list-parts.sql.js';
import * as customer from '../apps/customers/src/customer/customer.sql.js';
import * as account from '../apps/directory/src/account/account.sql.js';
import * as heldAccount from '../apps/directory/src/account/held-account.sql.js';
import * as accountLink from '../apps/links/src/customer-account-link/customer-account-link.sql.js';
import * as userLink from '../apps/links/src/user-customer-link/user-customer-link.sql.js';
import { serviceDatabases } from './databases.js';

/** Runs on a Citus cluster only: `npm run test:citus`. */

/** The statements whose values name no bank; e2e/statements-name-their-bank.spec.ts has all of them. */
const crossing = [
  'accounts-held',
  'agent_at_any_bank',
  'any_bank_list_asc_customers',
  'any_bank_list_key_asc',
  'next_bank',
  'user_links_of_user_at_any_bank',
];

const modules = {
  AGENTS: [agent],
  ATTRIBUTES: [attribute, definition],
  CUSTOMERS: [customer, listParts, crmEvent],
  DIRECTORY: [account, heldAccount],
  LINKS: [accountLink, userLink],
};

interface Named {
  readonly name: string;
  readonly text: string;
}

/** The named statements of a module, also those that depend on a list's direction. */
function statementsOf(module: object): Named[] {
  return Object.entries(module)
    .filter(([name]) => /^[a-z]/.test(name))
    .map(([, value]) => (isLookUp(value) ? lookUpAt({ distributed: true }, value) : value))
    .map((value) => (typeof value === 'function' && value.length < 3 ? byDirection(value) : value))
    .filter((value): value is Named => typeof (value as Partial<Named> | undefined)?.name === 'string')
    .filter(({ text }) => typeof text === 'string');
}

function isLookUp(value: unknown): value is LookUp {
  return typeof (value as Partial<LookUp> | undefined)?.text === 'function';
}

function byDirection(make: (direction: string, selection: string) => unknown): unknown {
  return make.constructor.name === 'AsyncFunction' ? undefined : make('asc', 'customers');
}

const sample: Readonly<Record<string, string>> = {
  text: `'one'`,
  'text[]': `'{one,two}'`,
  integer: '10',
  bigint: '10',
  'timestamp with time zone': 'now()',
};

describe.each(Object.entries(modules))('statements of %s', (service, some) => {
  let databases: Awaited<ReturnType<typeof serviceDatabases>>;
  let client: Client;
  beforeAll(async () => {
    databases = await serviceDatabases();
    client = new Client({ connectionString: databases.env[`${service}_DATABASE_URL`] });
    await client.connect();
  }, 120_000);
  afterAll(async () => {
    await client.end();
    await databases.close();
  });

  it.each(some.flatMap(statementsOf))('$name runs on one node if it names a bank', async ({ name, text }) => {
    await client.query(`prepare planned as ${text}`);
    const { rows } = await client.query<{ types: string[] }>(
      `select parameter_types::text[] as types from pg_prepared_statements where name = 'planned'`,
    );
    const values = rows[0]?.types.map((type) => sample[type] ?? 'null') ?? [];
    const plan = await client.query<{ 'QUERY PLAN': string }>(
      `explain execute planned${values.length === 0 ? '' : `(${values.join()})`}`,
    );
    await client.query('deallocate planned');
    const tasks = plan.rows.flatMap((row) => /Task Count: (\d+)/.exec(row['QUERY PLAN'])?.[1] ?? []);
    expect(tasks.length).toBeGreaterThan(0);
    expect([name, tasks.some((count) => count !== '1')]).toEqual([name, crossing.includes(name)]);
  });
});

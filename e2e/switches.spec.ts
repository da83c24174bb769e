import { afterEach, describe, expect, it } from '@jest/globals';
import { createGatewayService, gatewaySettings } from '@platform/gateway';
import { readSettings } from '@platform/runtime';
import { Client } from 'pg';
import { createSend } from './http.js';
import { expectRefusal, newCustomer } from './operations.js';
import { openPeople } from './people.js';
import { schema } from './platform-examples.js';
import { expectStatus, loginHeader, type Person, type Platform, startOwnPlatform, unique } from './platform.js';

let platform: Platform | undefined;
afterEach(async () => {
  await platform?.close();
  platform = undefined;
});

const start = async (settings: Record<string, string>): Promise<Platform> =>
  (platform = await startOwnPlatform(settings));
const create = (at: Platform, bank_id: string, person: Person, body: object = newCustomer) =>
  at.call('POST', `/banks/${bank_id}/customers`, { token: person.token, body });
const consumerOf = async (at: Platform): Promise<string> => {
  const reader = await at.person('CanGetConsumers');
  const { json } = await expectStatus(200, at.call('GET', '/management/consumers', { token: reader.token }));
  return (json.consumers as { consumer_id: string }[])[0]?.consumer_id ?? '';
};

describe('just-in-time entitlements', () => {
  it('give a missing role to whoever may grant it, and leave a record', async () => {
    const at = await start({ CREATE_JUST_IN_TIME_ENTITLEMENTS: 'true' });
    const [bank_id, other] = [await at.bank(), await at.bank()];
    const granter = await at.person(`CanCreateEntitlementAtOneBank@${bank_id}`);
    await expectStatus(201, create(at, bank_id, granter));
    const { json } = await at.call('GET', '/my/entitlements', { token: granter.token });
    expect(json.list).toEqual(
      expect.arrayContaining([expect.objectContaining({ role_name: 'CanCreateCustomer', bank_id })]),
    );
    expect((json.list as unknown[]).length).toBe(2);
    expectRefusal(await create(at, other, granter), 403, /^OBP-20006: /);
    expectRefusal(await create(at, bank_id, await at.person()), 403, /^OBP-20006: /);
    const anywhere = await at.person('CanCreateEntitlementAtAnyBank');
    await expectStatus(201, create(at, other, anywhere));
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => at.call('GET', '/users', { token: anywhere.token })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('scopes', () => {
  it('are needed besides the entitlement where a setting says so', async () => {
    const at = await start({ REQUIRE_SCOPES_FOR_LISTED_ROLES: 'CanCreateCustomer' });
    const bank_id = await at.bank();
    const teller = await at.person(`CanCreateCustomer@${bank_id}`, `CanGetCustomers@${bank_id}`);
    expectRefusal(
      await create(at, bank_id, teller),
      403,
      /^OBP-20023: Consumer is missing one or more roles:.*CanCreateCustomer/,
    );
    await expectStatus(200, at.call('GET', `/banks/${bank_id}/customers`, { token: teller.token }));
    const keeper = await at.person(`CanCreateScopeAtOneBank@${bank_id}`);
    await expectStatus(
      201,
      at.call('POST', `/consumers/${await consumerOf(at)}/scopes`, {
        token: keeper.token,
        body: { bank_id, role_name: 'CanCreateCustomer' },
      }),
    );
    await expectStatus(201, create(at, bank_id, teller));
  });

  it('cannot be taken by an application for itself, nor roles by its users, where all roles need them', async () => {
    const at = await start({ REQUIRE_SCOPES_FOR_ALL_ROLES: 'true', CREATE_JUST_IN_TIME_ENTITLEMENTS: 'true' });
    const people = await openPeople(at);
    try {
      const client = new Client({ connectionString: at.databases?.['DIRECTORY_DATABASE_URL'] });
      await client.connect();
      const { rows } = await client.query<{ consumer_id: string }>('select consumer_id from consumer limit 1');
      const granter = await people.make([
        'CanCreateScopeAtAnyBank',
        'CanCreateEntitlementAtAnyBank',
        'CanGetConsumers',
      ]);
      const ask = (verb: string, path: string, body?: object) => at.call(verb, path, { token: granter.token, body });
      expectRefusal(await ask('GET', '/management/consumers'), 403, /^OBP-20023: /);
      expectRefusal(
        await ask('POST', `/consumers/${rows[0]?.consumer_id ?? ''}/scopes`, {
          bank_id: '',
          role_name: 'CanGetConsumers',
        }),
        403,
        /^OBP-20006: .*CanCreateScopeAtAnyBank/,
      );
      expectRefusal(
        await ask('POST', `/users/${granter.user_id}/entitlements`, { bank_id: '', role_name: 'CanGetAnyUser' }),
        403,
        /^OBP-20050: /,
      );
      expectRefusal(await ask('GET', '/users'), 403, /^OBP-20006: /);
      const { rows: written } = await client.query('select role_name from entitlement where user_id = $1', [
        granter.user_id,
      ]);
      expect(written).toHaveLength(3);
      await client.query(
        `insert into scope (scope_id, consumer_id, role_name, bank_id, created_at) values ('s', $1, 'CanCreateScopeAtAnyBank', '', now())`,
        [rows[0]?.consumer_id],
      );
      await expectStatus(
        201,
        ask('POST', `/consumers/${rows[0]?.consumer_id ?? ''}/scopes`, { bank_id: '', role_name: 'CanGetConsumers' }),
      );
      await expectStatus(200, ask('GET', '/management/consumers'));
      await client.end();
    } finally {
      await people.close();
    }
  });

  it('are enough where a setting says so', async () => {
    const at = await start({ ALLOW_ENTITLEMENTS_OR_SCOPES: 'true' });
    const bank_id = await at.bank();
    const nobody = await at.person();
    expectRefusal(await create(at, bank_id, nobody), 403, /^OBP-20006: /);
    const keeper = await at.person('CanCreateScopeAtAnyBank');
    await expectStatus(
      201,
      at.call('POST', `/consumers/${await consumerOf(at)}/scopes`, {
        token: keeper.token,
        body: { bank_id, role_name: 'CanCreateCustomer' },
      }),
    );
    await expectStatus(201, create(at, bank_id, nobody));
  });
});

describe('the parts of the API that exist', () => {
  it('are those that the settings leave', async () => {
    const at = await start({
      API_DISABLED_VERSIONS: '[OBPv4.0.0]',
      API_DISABLED_ENDPOINTS: '[OBPv4.0.0-getBanks]',
      GLOSSARY_REQUIRES_ROLE: 'true',
      ALLOW_DIRECT_LOGIN: 'true',
    });
    expectRefusal(await at.send('GET', '/obp/v4.0.0/root'), 404, /^OBP-10404: /);
    await expectStatus(200, at.send('GET', '/obp/v5.1.0/root'));
    await expectStatus(200, at.send('GET', '/obp/v7.0.0/root'));
    expectRefusal(await at.send('GET', '/obp/v7.0.0/banks/x'), 404, /^OBP-10404: /);
    expectRefusal(await at.call('GET', '/banks'), 404, /^OBP-10404: /);
    expectRefusal(await at.call('GET', '/api/glossary'), 401, /^OBP-20001: /);
    expectRefusal(
      await at.call('GET', '/api/glossary', { token: (await at.person()).token }),
      403,
      'OBP-20006: User is missing one or more roles: CanReadGlossary',
    );
    await expectStatus(200, at.call('GET', '/api/glossary', { token: (await at.person('CanReadGlossary')).token }));
    const docs = await at.call('GET', '/resource-docs/v5.1.0/obp');
    const ids = (docs.json.resource_docs as { operation_id: string }[]).map(({ operation_id }) => operation_id);
    expect([ids.includes('OBPv4.0.0-getBanks'), ids.includes('OBPv5.0.0-getBank')]).toEqual([false, true]);
    expectRefusal(await at.call('GET', '/resource-docs/v4.0.0/obp'), 400, /^OBP-00008: /);
  });

  it('say that data import is off before they ask for a role', async () => {
    const at = await start({});
    const body = {
      banks: [],
      users: [],
      accounts: [],
      transactions: [],
      branches: [],
      atms: [],
      products: [],
      crm_events: [],
    };
    expectRefusal(
      await at.call('POST', '/sandbox/data-import', { token: at.admin.token, body }),
      403,
      'OBP-00002: Data import is disabled for this API instance.',
    );
  });
});

describe('Force-Error', () => {
  it("orders one of the operation's own failures, after login and role", async () => {
    const at = await start({ ENABLE_FORCE_ERROR: 'true' });
    const bank_id = await at.bank();
    const reader = await at.person(`CanGetCustomers@${bank_id}`);
    const get = (token: string, error: string) =>
      at.call('GET', `/banks/${bank_id}/customers`, { token, headers: { 'Force-Error': error } });
    expectRefusal(await get(reader.token, 'OBP-30001'), 404, /^OBP-30001: /);
    expectRefusal(await get(reader.token, 'OBP-30018'), 400, /^OBP-40035: /);
    expectRefusal(await get(reader.token, 'nonsense'), 400, /^OBP-40035: /);
    expectRefusal(await get((await at.person()).token, 'OBP-30001'), 403, /^OBP-20006: /);
  });

  it('is not obeyed unless a setting says so', async () => {
    const at = await start({});
    await expectStatus(200, at.call('GET', '/root', { headers: { 'Force-Error': 'OBP-50000' } }));
  });
});

describe('what administrators ask of an operation', () => {
  it('holds for bodies and kinds of login within a second', async () => {
    const at = await start({});
    const people = await openPeople(at);
    try {
      const bank_id = await at.bank();
      const keeper = await people.make([
        'CanCreateJsonSchemaValidation',
        'CanDeleteJsonSchemaValidation',
        'CanCreateAuthenticationTypeValidation',
        'CanDeleteAuthenticationValidation',
      ]);
      const teller = await at.person(`CanCreateCustomer@${bank_id}`);
      const id = 'OBPv5.0.0-createCustomer';
      await expectStatus(201, create(at, bank_id, teller));
      const wanted = {
        ...schema,
        required: ['title'],
        properties: { title: { enum: ['Dr.', 'Ms.'] }, legal_name: { type: 'string', pattern: '^[A-Z]' } },
      };
      await expectStatus(
        201,
        at.call('POST', `/management/json-schema-validations/${id}`, { token: keeper.token, body: wanted }),
      );
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expectRefusal(await create(at, bank_id, teller), 400, /^OBP-09014: .*\$\.title: is missing but it is required/);
      expectRefusal(
        await create(at, bank_id, teller, { ...newCustomer, title: 'X', legal_name: 'small' }),
        400,
        /does not have a value in the enumeration \[Dr\., Ms\.\].*does not match the regex pattern/,
      );
      expectRefusal(await create(at, bank_id, await at.person(), {}), 403, /^OBP-20006: /);
      await expectStatus(201, create(at, bank_id, teller, { ...newCustomer, title: 'Dr.' }));
      await expectStatus(200, at.call('DELETE', `/management/json-schema-validations/${id}`, { token: keeper.token }));
      await expectStatus(
        201,
        at.call('POST', `/management/authentication-type-validations/${id}`, {
          token: keeper.token,
          body: ['OAuth1.0a'],
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expectRefusal(
        await create(at, bank_id, teller),
        400,
        'OBP-40034: Current request authentication type is illegal. allowed authentication types: [OAuth1.0a], current request auth type: DirectLogin',
      );
      expectRefusal(await at.call('POST', `/banks/${bank_id}/customers`, { body: newCustomer }), 401, /^OBP-20001: /);
      await expectStatus(
        200,
        at.call('DELETE', `/management/authentication-type-validations/${id}`, { token: keeper.token }),
      );
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await expectStatus(201, create(at, bank_id, teller));
    } finally {
      await people.close();
    }
  });
});

describe('limits of calls', () => {
  it('are shown, counted exactly and refused', async () => {
    const at = await start({ USE_CONSUMER_LIMITS: 'true', USER_CONSUMER_LIMIT_ANONYMOUS_ACCESS: '7' });
    const keeper = await at.person('CanUpdateRateLimits', 'CanCreateConsumer', 'CanReadCallLimits');
    const consumer = {
      app_name: 'Limited',
      app_type: 'Confidential',
      description: 'An app',
      developer_email: 'dev@example.com',
      company: '',
      redirect_url: '',
      enabled: true,
    };
    const { json } = await expectStatus(
      201,
      at.call('POST', '/management/consumers', { token: keeper.token, body: consumer }),
    );
    const limits = {
      per_second_call_limit: '-1',
      per_minute_call_limit: '-1',
      per_hour_call_limit: '20',
      per_day_call_limit: '-1',
      per_week_call_limit: '-1',
      per_month_call_limit: '-1',
    };
    await expectStatus(
      200,
      at.call('PUT', `/management/consumers/${String(json.consumer_id)}/consumer/call-limits`, {
        token: keeper.token,
        body: limits,
      }),
    );
    const login = loginHeader({ ...keeper, consumer_key: String(json.consumer_key) });
    const token = String((await expectStatus(201, at.send('POST', '/my/logins/direct', login))).json.token);
    const answers = await Promise.all(Array.from({ length: 30 }, () => at.call('GET', '/users/current', { token })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    const [refused] = answers.filter(({ status }) => status !== 200);
    expectRefusal(
      refused as never,
      429,
      'OBP-10018: Too Many Requests. We only allow 20 requests per hour for this Consumer.',
    );
    for (const { headers } of answers)
      expect([headers['x-rate-limit-limit'], Number(headers['x-rate-limit-reset']) > 3_500]).toEqual(['20', true]);
    expect(
      answers
        .map(({ headers }) => Number(headers['x-rate-limit-remaining']))
        .sort((a, b) => b - a)
        .slice(0, 20),
    ).toEqual(Array.from({ length: 20 }, (_, index) => 19 - index));
    await expectStatus(200, at.call('GET', '/users/current', { token: keeper.token }));
    const strangers = await Promise.all(Array.from({ length: 12 }, () => at.call('GET', '/banks')));
    const busy = strangers.filter(({ status }) => status === 429);
    expect(strangers.length - busy.length).toBeLessThanOrEqual(7);
    expectRefusal(
      busy[0] as never,
      429,
      'OBP-10018: Too Many Requests. We only allow 7 requests per hour for anonymous access.',
    );
    await expectStatus(200, at.call('GET', '/root'));
    const byConnect = await at.send('POST', '/obp.directory.v1.BankService/GetBank', { body: { bankId: 'x' } });
    expect([byConnect.status, byConnect.text]).toEqual([429, expect.stringContaining('OBP-10018')]);
  });

  it('hold whatever the number of gateways', async () => {
    const at = await start({ USE_CONSUMER_LIMITS: 'true' });
    const address = (name: 'directory' | 'customers' | 'attributes' | 'links' | 'agents' | 'events') =>
      `127.0.0.1:${at.ports?.[name] ?? 0}`;
    const settings = {
      PORT: '0',
      LOG_LEVEL: 'silent',
      USE_CONSUMER_LIMITS: 'true',
      CALLER_SECRET: at.caller_secret,
      DIRECTORY_ADDRESS: address('directory'),
      CUSTOMERS_ADDRESS: address('customers'),
      ATTRIBUTES_ADDRESS: address('attributes'),
      LINKS_ADDRESS: address('links'),
      AGENTS_ADDRESS: address('agents'),
      EVENTS_ADDRESS: address('events'),
    };
    const second = await createGatewayService(readSettings(gatewaySettings, settings), settings);
    const { send, close } = createSend(`http://127.0.0.1:${second.port}`);
    try {
      const keeper = await at.person('CanUpdateRateLimits');
      const consumer_id = await consumerOf(at);
      const limit = 500;
      const limits = {
        per_second_call_limit: '-1',
        per_minute_call_limit: '-1',
        per_hour_call_limit: '-1',
        per_day_call_limit: '-1',
        per_week_call_limit: '-1',
        per_month_call_limit: `${limit}`,
      };
      await expectStatus(
        200,
        at.call('PUT', `/management/consumers/${consumer_id}/consumer/call-limits`, {
          token: keeper.token,
          body: limits,
        }),
      );
      // A gateway remembers an application for one second; after that it knows the new limits.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const statuses: number[] = [];
      const client = async (ask: typeof send) => {
        for (let call = 0; call < 35; call += 1)
          statuses.push((await ask('GET', '/obp/v5.1.0/users/current', { token: keeper.token })).status);
      };
      await Promise.all(Array.from({ length: 20 }, (_, index) => client(index % 2 === 0 ? at.send : send)));
      expect([statuses.length, new Set(statuses)]).toEqual([700, new Set([200, 429])]);
      expect(statuses.filter((status) => status === 200)).toHaveLength(limit);
    } finally {
      close();
      await second.close();
    }
  });

  it('mean nothing unless a setting says so', async () => {
    const at = await start({});
    const { headers } = await at.call('GET', `/root?${unique()}`);
    expect(headers['x-rate-limit-limit']).toBeUndefined();
  });
});

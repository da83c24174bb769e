import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from './http.js';
import { expectRefusal, newCustomer } from './operations.js';
import { expectStatus, type Person, type Platform, startPlatform } from './platform.js';

let platform: Platform;
let bank_id: string;
let manager: Person;
beforeAll(async () => {
  platform = await startPlatform();
  bank_id = await platform.bank();
  const bankRoles = [
    'CanCreateCustomer',
    'CanGetCustomers',
    'CanGetCustomer',
    'CanGetEntitlementsForAnyUserAtOneBank',
  ].map((role) => `${role}@${bank_id}`);
  manager = await platform.person(
    'CanGetAnyUser',
    'CanGetCustomersAtAnyBank',
    'CanGetEntitlementRequestsAtAnyBank',
    'CanDeleteEntitlementRequestsAtAnyBank',
    'CanCreateEntitlementAtAnyBank',
    'CanDeleteEntitlementAtAnyBank',
    'CanGetEntitlementsForAnyUserAtAnyBank',
    'CanGetConsumers',
    'CanEnableConsumers',
    'CanDisableConsumers',
    'CanGetConfig',
    'CanReadCallLimits',
    ...bankRoles,
  );
});
afterAll(() => platform.close());

/** Asserts what every client expects of a response. */
function expectWellFormed({ status, headers, json }: Answer): void {
  expect(headers['correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  expect(headers['access-control-allow-origin']).toBe('*');
  // API Manager takes an object with a code for an error.
  if (status < 300) expect(json).not.toHaveProperty('code');
}

describe('API Manager', () => {
  let token: string;
  const call = async (verb: string, path: string, status: number, body: unknown = {}): Promise<Answer> => {
    // The client sends a JSON body with every request, even with GET.
    const answer = await expectStatus(
      status,
      platform.send(verb, `/obp/v5.0.0${path}`, { body, headers: { Authorization: `DirectLogin token=${token}` } }),
    );
    expectWellFormed(answer);
    return answer;
  };

  it('logs in by the older header with an empty JSON body', async () => {
    const { username, password, consumer_key } = manager;
    const headers = {
      Authorization: `DirectLogin username="${username}",password="${password}",consumer_key="${consumer_key}"`,
      'Content-Type': 'application/json',
    };
    const { json } = await expectStatus(201, platform.send('POST', '/my/logins/direct', { body: '', headers }));
    token = String(json.token);
  });

  it('reads its pages', async () => {
    for (const path of [
      '/users/current',
      '/users',
      '/users?limit=1&offset=0',
      `/users/user_id/${manager.user_id}`,
      '/roles',
      '/entitlements',
      '/entitlement-requests',
      '/api/versions',
      '/banks',
      `/banks/${bank_id}`,
      '/customers',
      `/banks/${bank_id}/customers`,
      '/management/consumers',
      '/config',
      '/rate-limiting',
      '/management/users/current/consumers',
      `/users/${manager.user_id}/entitlements`,
    ]) {
      await call('GET', path, 200);
    }
  });

  it('creates a customer with an amount that is a number', async () => {
    const { json } = await call('POST', `/banks/${bank_id}/customers`, 201, {
      ...newCustomer,
      credit_limit: { currency: 'EUR', amount: 1000.5 },
    });
    expect(json.credit_limit).toEqual({ currency: 'EUR', amount: '1000.5' });
  });

  it('grants what a user asked for and deletes the request', async () => {
    const asker = await platform.person();
    const wanted = { bank_id, role_name: 'CanGetCustomer' };
    const asked = await expectStatus(
      201,
      platform.call('POST', '/entitlement-requests', { token: asker.token, body: wanted }),
    );
    expectRefusal(
      await platform.call('POST', '/entitlement-requests', { token: asker.token, body: wanted }),
      400,
      'OBP-30214: Entitlement Request already exists for the user.',
    );
    const { json } = await call('GET', '/entitlement-requests', 200);
    expect(json.entitlement_requests).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ entitlement_request_id: asked.json.entitlement_request_id, ...wanted }),
      ]),
    );
    const granted = await call('POST', `/users/${asker.user_id}/entitlements`, 201, wanted);
    expect((await call('DELETE', `/entitlement-requests/${String(asked.json.entitlement_request_id)}`, 200)).text).toBe(
      'true',
    );
    await call('DELETE', `/users/${asker.user_id}/entitlement/${String(granted.json.entitlement_id)}`, 204);
  });

  it('enables and disables an application', async () => {
    const { json } = await call('POST', '/my/consumers', 201, {
      app_name: 'Managed',
      app_type: 'Public',
      description: 'An app',
      developer_email: 'dev@example.com',
      company: '',
      redirect_url: '',
      enabled: true,
    });
    const path = `/management/consumers/${String(json.consumer_id)}`;
    expect((await call('PUT', path, 200, { enabled: false })).json).toEqual({ enabled: false });
    expect((await call('GET', path, 200)).json).toMatchObject({ enabled: false });
    expect((await call('PUT', path, 200, { enabled: true })).json).toEqual({ enabled: true });
    await call('GET', `${path}/consumer/call-limits`, 200);
  });
});

describe('API Explorer II', () => {
  const read = async (path: string, token?: string) => {
    const answer = await expectStatus(200, platform.call('GET', path, { token }));
    expectWellFormed(answer);
    return answer.json;
  };

  interface Doc {
    readonly operation_id: string;
    readonly tags: readonly [string, ...string[]];
    readonly connector_methods: readonly string[];
  }
  /** The documentation that it keeps for each version, by the string that it makes from standard and version. */
  const readEverything = async (
    nameOf: (version: Record<string, string>) => string,
  ): Promise<Record<string, Doc[]>> => {
    const kept: Record<string, Doc[]> = {};
    for (const version of (await read('/api/versions')).scanned_api_versions as Record<string, string>[]) {
      kept[nameOf(version)] = (await read(`/resource-docs/${nameOf(version)}/obp`)).resource_docs as Doc[];
    }
    return kept;
  };

  it.each<[string, (version: Record<string, string>) => string]>([
    ['of its time', ({ apiStandard = '', API_VERSION = '' }) => `${apiStandard.toUpperCase()}${API_VERSION}`],
    [
      'of today',
      ({ api_standard = '', api_short_version = '' }) => `${api_standard.toUpperCase()}${api_short_version}`,
    ],
  ])('%s finds the operations of every version, and the 57 under their tag', async (_name, nameOf) => {
    const kept = await readEverything(nameOf);
    expect(Object.keys(kept)).toContain('OBPv5.1.0');
    // An operation is shown under its first tag.
    expect(kept['OBPv5.1.0']?.filter(({ tags: [first] }) => first === 'Customer')).toHaveLength(57);
    expect(kept['OBPv5.1.0']?.filter(({ tags }) => tags.includes('Customer'))).toHaveLength(57);
  });

  it('finds the messages that operations link to, of every connector that it asks for', async () => {
    const { resource_docs } = await read('/resource-docs/OBPv5.1.0/obp');
    const linked = (resource_docs as Doc[]).flatMap(({ connector_methods }) => connector_methods);
    expect(linked.length).toBeGreaterThan(57);
    for (const connector of [
      'kafka_vSept2018',
      'akka_vDec2018',
      'rest_vMar2019',
      'stored_procedure_vDec2019',
      'rabbitmq_vOct2024',
    ]) {
      const docs = (await read(`/message-docs/${connector}`)).message_docs as {
        process: string;
        adapter_implementation: { group: string };
      }[];
      // It shows each message in its group.
      const shown = docs
        .filter(({ adapter_implementation }) => adapter_implementation.group.replace('-', '').trim() !== '')
        .map(({ process }) => process);
      expect([connector, linked.filter((process) => !shown.includes(process))]).toEqual([connector, []]);
    }
  });

  it('finds the glossary', async () => {
    expect(((await read('/api/glossary')).glossary_items as unknown[]).length).toBeGreaterThan(0);
  });

  it('shows an operation with its examples, roles and errors', async () => {
    const { resource_docs } = await read('/resource-docs/OBPv5.1.0/obp');
    const docs = resource_docs as Record<string, unknown>[];
    const doc = docs.find(({ operation_id }) => operation_id === 'OBPv3.1.0-getCustomerByCustomerId');
    expect(doc).toMatchObject({
      implemented_by: { version: 'OBPv3.1.0', function: 'getCustomerByCustomerId' },
      request_verb: 'GET',
      request_url: '/obp/v3.1.0/banks/BANK_ID/customers/CUSTOMER_ID',
      specified_url: '/obp/v5.1.0/banks/BANK_ID/customers/CUSTOMER_ID',
      roles: [{ role: 'CanGetCustomer', requires_bank_id: true }],
      tags: expect.arrayContaining(['Customer']),
    });
    expect((doc?.success_response_body as Record<string, unknown>).customer_id).toEqual(expect.any(String));
    expect(doc?.error_response_bodies).toEqual(expect.arrayContaining([expect.stringMatching(/^OBP-20001: /)]));
    for (const one of docs)
      expect([one.operation_id, Object.keys(one)]).toEqual([
        one.operation_id,
        expect.arrayContaining([
          'operation_id',
          'specified_url',
          'request_verb',
          'summary',
          'description',
          'error_response_bodies',
          'connector_methods',
          'implemented_by',
          'tags',
        ]),
      ]);
  });

  it('keeps favourites', async () => {
    const { token } = await platform.person();
    const path = '/my/api-collections';
    expectRefusal(await platform.call('GET', `${path}/name/Favourites`, { token }), 400, /^OBP-30079: /);
    await expectStatus(
      201,
      platform.call('POST', path, { token, body: { api_collection_name: 'Favourites', is_sharable: true } }),
    );
    const endpoints = `${path}/Favourites/api-collection-endpoints`;
    await expectStatus(
      201,
      platform.call('POST', endpoints, { token, body: { operation_id: 'OBPv5.0.0-createCustomer' } }),
    );
    expect((await read(endpoints, token)).api_collection_endpoints).toEqual([
      expect.objectContaining({ operation_id: 'OBPv5.0.0-createCustomer' }),
    ]);
    await expectStatus(204, platform.call('DELETE', `${endpoints}/OBPv5.0.0-createCustomer`, { token }));
    expect((await read(endpoints, token)).api_collection_endpoints).toEqual([]);
  });

  it('shows who is logged in and what that user may do', async () => {
    expect(await read('/users/current', manager.token)).toMatchObject({ user_id: manager.user_id });
    expect((await read('/my/entitlements', manager.token)).list).toEqual(
      expect.arrayContaining([expect.objectContaining({ role_name: 'CanGetCustomer', bank_id })]),
    );
  });
});

describe('API Tester', () => {
  it.each(['v3.1.0', 'v5.1.0'])(
    'calls what the Swagger document of %s names: host and path alone, its own values in the place of names',
    async (version) => {
      const { json } = await expectStatus(
        200,
        platform.send('GET', `/obp/${version}/resource-docs/${version}/swagger`),
      );
      const paths = json.paths as Record<string, { get?: { summary: string; operationId: string } }>;
      const values: Record<string, string> = {
        API_VERSION: version,
        BANK_ID: bank_id,
        USERNAME: manager.username,
        USER_ID: manager.user_id,
      };
      // It replaces a name both with braces and without.
      const urlOf = (path: string) =>
        Object.entries(values).reduce(
          (url, [name, value]) => url.replaceAll(`{${name}}`, value).replaceAll(name, value),
          path,
        );
      const calls = Object.entries(paths).flatMap(([path, { get }]) => (get === undefined ? [] : [{ ...get, path }]));
      const served: string[] = [];
      for (const { operationId, path, summary } of calls) {
        expect([operationId, typeof summary]).toEqual([operationId, 'string']);
        const { status, json: answer } = await platform.send('GET', urlOf(path), { token: manager.token });
        expect([operationId, answer.message]).not.toEqual([operationId, expect.stringMatching(/^OBP-10404/)]);
        if (status === 200) served.push(operationId);
      }
      expect(calls.length).toBeGreaterThan(50);
      expect(served).toEqual(
        expect.arrayContaining([
          'getBanks',
          'getBank',
          'getCustomersAtOneBank',
          'getCurrentUser',
          'getResourceDocsObp',
          'getScannedApiVersions',
        ]),
      );
    },
  );
});

describe('API Explorer I', () => {
  it.each(['v1.2.1', 'v2.2.0', 'v3.0.0', 'v3.1.0', 'v4.0.0', 'v5.1.0'])(
    'finds its pages under /obp/%s',
    async (version) => {
      for (const path of [
        '/root',
        '/banks',
        `/resource-docs/${version}/obp?functions=getCustomers`,
        '/api/glossary',
        '/endpoints/json-schema-validations',
        '/endpoints/authentication-type-validations',
        `/resource-docs/${version}/swagger?tags=Customer`,
      ]) {
        expectWellFormed(await expectStatus(200, platform.send('GET', `/obp/${version}${path}`)));
      }
      await expectStatus(
        200,
        platform.send('GET', `/obp/${version}/my/entitlement-requests`, { token: manager.token }),
      );
    },
  );
});

describe('any client', () => {
  it('is answered 304 when it has the answer already', async () => {
    for (const path of ['/resource-docs/v5.1.0/obp', '/api/glossary', '/banks', `/banks/${bank_id}`]) {
      const first = await expectStatus(200, platform.call('GET', path));
      const again = await platform.call('GET', path, { headers: { 'If-None-Match': String(first.headers.etag) } });
      expect([path, again.status, again.text]).toEqual([path, 304, '']);
    }
  });

  it('gets the whole documentation once however many ask at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => platform.call('GET', '/resource-docs/v3.0.0/obp')),
    );
    expect(
      new Set(answers.map(({ status, headers, text }) => `${status} ${String(headers.etag)} ${text.length}`)).size,
    ).toBe(1);
    expect(answers[0]?.status).toBe(200);
  });

  it('may ask for parts of the documentation', async () => {
    const ids = async (query: string) =>
      (
        (await expectStatus(200, platform.call('GET', `/resource-docs/v5.1.0/obp?${query}`))).json.resource_docs as {
          operation_id: string;
        }[]
      ).map(({ operation_id }) => operation_id);
    expect(await ids('functions=getCustomerByCustomerId,createCustomer')).toEqual(
      expect.arrayContaining(['OBPv5.0.0-createCustomer', 'OBPv3.1.0-getCustomerByCustomerId']),
    );
    expect(await ids('functions=getCustomerByCustomerId,createCustomer')).toHaveLength(2);
    expect((await ids('tags=KYC')).length).toBeGreaterThan(0);
    expect(await ids('content=dynamic')).toEqual([]);
    expectRefusal(await platform.call('GET', '/resource-docs/v5.1.0/obp?locale=xx_XX'), 400, /^OBP-10041: /);
    expectRefusal(
      await platform.call('GET', '/resource-docs/v9.9.9/obp'),
      400,
      'OBP-00027: Invalid API Version string. We could not find the version specified. v9.9.9',
    );
    expectRefusal(
      await platform.call('GET', '/message-docs/carrier_pigeon'),
      400,
      /^OBP-30211: .*Current Input is carrier_pigeon\. It should be eg: kafka_vSept2018\.\.\.$/,
    );
  });

  it('may read the operations of a shared collection alone', async () => {
    const { token } = await platform.person();
    const { json } = await expectStatus(
      201,
      platform.call('POST', '/my/api-collections', {
        token,
        body: { api_collection_name: 'Shared', is_sharable: true },
      }),
    );
    await expectStatus(
      201,
      platform.call('POST', '/my/api-collections/Shared/api-collection-endpoints', {
        token,
        body: { operation_id: 'OBPv5.0.0-createCustomer' },
      }),
    );
    const docs = await expectStatus(
      200,
      platform.call('GET', `/resource-docs/v5.1.0/obp?api-collection-id=${String(json.api_collection_id)}`),
    );
    expect((docs.json.resource_docs as { operation_id: string }[]).map(({ operation_id }) => operation_id)).toEqual([
      'OBPv5.0.0-createCustomer',
    ]);
  });

  it('is told in OBP JSON what is not there', async () => {
    for (const path of [
      '/nothing',
      '/obp/v5.1.0/nothing',
      '/obp/v9.9.9/banks',
      '/explorer/nothing',
      '/favicon.ico',
      '/oauth/nothing',
    ]) {
      expectRefusal(await platform.send('GET', path), 404, /^OBP-10404: /);
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Code, ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { AgentService, AttributeDefinitionService, CustomerService, CustomerViewService } from '@platform/descriptors';
import type { Answer, CallOptions } from './http.js';
import { type Person, type Platform, startPlatform } from './platform.js';
import { bodies, createRecords, exampleBodies, keeperRoles, type Records } from './records.js';

/** Bank roles of the keeper of records, of their readers and of their writers. */
const roles = [
  ...keeperRoles,
  'CanGetCustomer',
  'CanGetCustomerAddress',
  'CanGetCustomerAttributeAtOneBank',
  'CanGetCustomerAttributeDefinitionAtOneBank',
  'CanGetCustomerAccountLink',
  'CanUpdateCustomerBranch',
  'CanUpdateCustomerCreditLimit',
  'CanUpdateCustomerCreditRatingAndSource',
  'CanUpdateCustomerEmail',
  'CanUpdateCustomerIdentity',
  'CanUpdateCustomerMobilePhoneNumber',
  'CanUpdateCustomerNumber',
  'CanUpdateCustomerData',
  'CanUpdateCustomerAttributeAtOneBank',
  'CanDeleteCustomerAttributeAtOneBank',
  'CanUpdateCustomerAccountLink',
  'CanDeleteCustomerAccountLink',
  'CanUpdateAgentStatusAtOneBank',
  'CanDeleteCustomerCascade',
];

let platform: Platform;
let person: Person;
let records: Records;
let sessions: Http2SessionManager;

beforeAll(async () => {
  platform = await startPlatform();
  const bank_id = await platform.bank();
  person = await platform.person(...roles.map((role) => `${role}@${bank_id}`));
  records = await createRecords(platform, person, bank_id);
  sessions = new Http2SessionManager(platform.origin);
});
afterAll(async () => {
  sessions.abort();
  await platform.close();
});

const call = (verb: string, path: string, options: CallOptions = {}): Promise<Answer> =>
  platform.call(verb, `/banks/${records.bank_id}${path}`, { token: person.token, ...options });
const tagOf = async (path: string) => String((await call('GET', path)).headers.etag);
const customerPath = () => `/customers/${records.customer_id}`;
const failed = { code: 412, message: 'OBP-09412: Precondition failed: the record is not in the expected state.' };

/** Each operation that writes a record which a GET shows: its own path, and that of the GET. */
const writes: [name: string, verb: string, path: (at: Records) => string, read: (at: Records) => string][] = [
  ...[
    ['updateCustomerBranch', 'branch'],
    ['updateCustomerCreditLimit', 'credit-limit'],
    ['updateCustomerCreditRatingAndSource', 'credit-rating-and-source'],
    ['updateCustomerEmail', 'email'],
    ['updateCustomerIdentity', 'identity'],
    ['updateCustomerMobileNumber', 'mobile-number'],
    ['updateCustomerNumber', 'number'],
    ['updateCustomerData', 'data'],
  ].map(([name = '', suffix = '']): (typeof writes)[number] => [
    name,
    'PUT',
    ({ customer_id }) => `/customers/${customer_id}/${suffix}`,
    ({ customer_id }) => `/customers/${customer_id}`,
  ]),
  ...(['PUT', 'DELETE'] as const).flatMap((verb): (typeof writes)[number][] => {
    const attribute = (at: Records) => `/customers/${at.customer_id}/attributes/${at.customer_attribute_id}`;
    const link = (at: Records) => `/customer-account-links/${at.customer_account_link_id}`;
    const named = verb === 'PUT' ? 'update' : 'delete';
    return [
      [`${named}CustomerAttribute`, verb, attribute, attribute],
      [`${named}CustomerAccountLinkById`, verb, link, link],
    ];
  }),
  ['updateAgentStatus', 'PUT', ({ agent_id }) => `/agents/${agent_id}`, ({ agent_id }) => `/agents/${agent_id}`],
];

describe('If-Match', () => {
  it.each(writes)('%s is refused with another tag, and runs with the present one', async (name, verb, path, read) => {
    const body = verb === 'DELETE' ? {} : { body: exampleBodies[name]?.(records) };
    const tag = await tagOf(read(records));
    const refused = await call(verb, path(records), { ...body, headers: { 'If-Match': 'f'.repeat(64) } });
    expect(refused.json).toEqual(failed);
    expect(refused.headers.etag).toBe(tag);
    expect(await tagOf(read(records))).toBe(tag);
    const done = await call(verb, path(records), { ...body, headers: { 'If-Match': tag } });
    expect([done.status, done.text]).toEqual([verb === 'DELETE' ? 204 : 200, done.text]);
    const again = await call(verb, path(records), { ...body, headers: { 'If-Match': tag } });
    expect(again.status).toBe(verb === 'DELETE' ? 400 : 412);
  });

  it.each<[what: string, header: (tag: string) => string, status: number]>([
    ['in quotes', (tag) => `"${tag}"`, 200],
    ['as one of several', (tag) => `"other", "${tag}",x`, 200],
    ['any', () => ' * ', 200],
    ['weak', (tag) => `W/"${tag}"`, 412],
    ['in another case', (tag) => tag.toUpperCase(), 412],
    ['cut', (tag) => tag.slice(0, -1), 412],
    ['open', (tag) => `"${tag}`, 412],
    ['any, in a list', () => '*, x', 412],
    ['nothing', () => '', 412],
    ['long', () => 'x,'.repeat(4_000), 412],
  ])('a tag %s', async (_what, header, status) => {
    const tag = await tagOf(customerPath());
    const headers = { 'If-Match': header(tag) };
    expect((await call('PUT', `${customerPath()}/branch`, { body: { branch_id: 'b' }, headers })).status).toBe(status);
  });

  it('comes after every check without it', async () => {
    const put = (path: string, body: unknown, token = person.token) =>
      call('PUT', path, { body, token, headers: { 'If-Match': 'x' } });
    expect((await put('/customers/unknown/branch', { branch_id: 'b' })).status).toBe(404);
    expect((await put(`${customerPath()}/branch`, { branch_id: 'x'.repeat(256) })).status).toBe(400);
    expect((await put(`${customerPath()}/branch`, {})).status).toBe(400);
    expect((await put(`${customerPath()}/branch`, { branch_id: 'b' }, 'unknown')).status).toBe(401);
  });

  it('tells nothing of a record to those who may not read it', async () => {
    const writer = await platform.person(`CanUpdateCustomerBranch@${records.bank_id}`);
    const put = (headers: CallOptions['headers'] = {}) =>
      call('PUT', `${customerPath()}/branch`, { body: { branch_id: 'b' }, token: writer.token, headers });
    expect((await put()).status).toBe(200);
    const refused = await put({ 'If-Match': 'x' });
    expect(refused.json).toMatchObject({ code: 403 });
    expect(refused.text).toContain('CanGetCustomer for BankId');
    expect(refused.headers.etag).toBeUndefined();
  });

  it('never matches where no GET shows the one record', async () => {
    const path = `${customerPath()}/addresses/${records.customer_address_id}`;
    const list = await tagOf(`${customerPath()}/addresses`);
    for (const tag of [list, '*']) {
      const refused = await call('PUT', path, { body: bodies.address, headers: { 'If-Match': tag } });
      expect([refused.json, refused.headers.etag]).toEqual([failed, undefined]);
    }
  });

  it('guards the deletion of a customer', async () => {
    const { customer_id } = (await call('POST', '/customers', { body: bodies.customer() })).json;
    const path = `/management/cascading/banks/${records.bank_id}/customers/${String(customer_id)}`;
    const remove = (tag: string) =>
      platform.call('DELETE', path, { token: person.token, headers: { 'If-Match': tag } });
    const before = await tagOf(`/customers/${String(customer_id)}`);
    await call('PUT', `/customers/${String(customer_id)}/branch`, { body: { branch_id: 'b' } });
    const refused = await remove(before);
    expect(refused.status).toBe(412);
    expect((await remove(String(refused.headers.etag))).status).toBe(200);
    expect((await call('GET', `/customers/${String(customer_id)}`)).status).toBe(404);
  });
});

describe('If-None-Match: *', () => {
  const put = (name: string, description: string) =>
    call('PUT', '/attribute-definitions/customer', {
      body: { ...bodies.definition, name, description },
      headers: { 'If-None-Match': '*' },
    });

  it('creates a definition, and replaces none', async () => {
    expect((await put('NEW', 'first')).status).toBe(201);
    const second = await put('NEW', 'second');
    expect(second.json).toMatchObject({ code: 412 });
    const { json } = await call('GET', '/attribute-definitions/customer');
    expect((json as { attributes: object[] }).attributes).toContainEqual(
      expect.objectContaining({ name: 'NEW', description: 'first' }),
    );
  });

  it('lets one of 20 writers create it', async () => {
    const statuses = (await Promise.all(Array.from({ length: 20 }, (_, n) => put('RACE', String(n))))).map(
      ({ status }) => status,
    );
    expect(statuses.sort()).toEqual([201, ...Array<number>(19).fill(412)]);
  });

  it('refuses the change of a record, which is there', async () => {
    const headers = { 'If-None-Match': '*' };
    expect((await call('PUT', `${customerPath()}/branch`, { body: { branch_id: 'b' }, headers })).status).toBe(412);
  });
});

const rounds = Number(process.env.LOST_UPDATE_ROUNDS ?? 100);
const patience_ms = 10_000 + rounds * 1_000;
const identity = (text: string) => ({ legal_name: text, title: text, name_suffix: text, date_of_birth: null });

describe('two writers of one customer', () => {
  const put = (text: string, headers: CallOptions['headers'] = {}) =>
    call('PUT', `${customerPath()}/identity`, { body: identity(text), headers });

  it(
    `lose no update in ${rounds} rounds with If-Match`,
    async () => {
      let tag = await tagOf(customerPath());
      for (let round = 0; round < rounds; round += 1) {
        const texts = [`a${round}`, `b${round}`];
        const answers = await Promise.all(texts.map((text) => put(text, { 'If-Match': tag })));
        expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
        const stored = texts[answers.findIndex(({ status }) => status === 200)];
        // The refused writer has the tag of what the other one wrote, so its next attempt is allowed.
        tag = String(answers.find(({ status }) => status === 412)?.headers.etag);
        if (round % 50 === 0) {
          const now = await call('GET', customerPath());
          expect([now.headers.etag, now.json.legal_name]).toEqual([tag, stored]);
        }
      }
    },
    patience_ms,
  );

  it(
    `leave the whole of one in ${rounds} rounds without it`,
    async () => {
      for (let round = 0; round < rounds; round += 1) {
        const answers = await Promise.all([`c${round}`, `d${round}`].map((text) => put(text)));
        expect(answers.map(({ status }) => status)).toEqual([200, 200]);
        const { legal_name, title, name_suffix } = (await call('GET', customerPath())).json;
        expect([`c${round}`, `d${round}`]).toContain(legal_name);
        expect([title, name_suffix]).toEqual([legal_name, legal_name]);
      }
    },
    patience_ms,
  );
});

describe('over gRPC', () => {
  const options = () => ({ headers: { DirectLogin: `token=${person.token}` } });
  const open = () => createGrpcTransport({ baseUrl: platform.origin, sessionManager: sessions });
  const codeOf = (calling: Promise<unknown>) =>
    calling.then(
      () => 'done',
      (error: unknown) => Code[ConnectError.from(error).code],
    );

  it(
    `two writers lose no update in ${rounds} rounds with the expected version`,
    async () => {
      const customers = createClient(CustomerService, open());
      const views = createClient(CustomerViewService, open());
      const key = { bankId: records.bank_id, customerId: records.customer_id };
      for (let round = 0; round < rounds; round += 1) {
        const { version } = await views.getCustomerByCustomerId(key, options());
        const outcomes = await Promise.all(
          ['a', 'b'].map((text) =>
            codeOf(
              customers.updateCustomerBranch(
                { ...key, body: { branchId: `${text}${round}` }, expectedVersion: version },
                options(),
              ),
            ),
          ),
        );
        expect(outcomes.sort()).toEqual(['Aborted', 'done']);
      }
    },
    patience_ms,
  );

  it('a version goes up with each change, and the answer of the change has it', async () => {
    const agents = createClient(AgentService, open());
    const key = { bankId: records.bank_id, agentId: records.agent_id };
    const { version } = await agents.getAgent(key, options());
    const body = { isPendingAgent: true, isConfirmedAgent: version % 2 === 0 };
    const changed = await agents.updateAgentStatus({ ...key, body, expectedVersion: version }, options());
    const { version: now, isConfirmedAgent } = await agents.getAgent(key, options());
    expect([changed.version, isConfirmedAgent]).toEqual([now, body.isConfirmedAgent]);
    expect(await codeOf(agents.updateAgentStatus({ ...key, body, expectedVersion: now + 1 }, options()))).toBe(
      'Aborted',
    );
  });

  it('the version 0 means that there is no record yet', async () => {
    const definitions = createClient(AttributeDefinitionService, open());
    const put = (expectedVersion: number, name = 'GRPC') =>
      definitions.createOrUpdateCustomerAttributeAttributeDefinition(
        {
          bankId: records.bank_id,
          body: { name, category: 'Customer', type: 'STRING', description: '', alias: '', isActive: true },
          expectedVersion,
        },
        options(),
      );
    expect(await codeOf(put(1))).toBe('Aborted');
    expect(await put(0)).toMatchObject({ version: 1 });
    expect(await codeOf(put(0))).toBe('Aborted');
    expect(await codeOf(put(1))).toBe('done');
    expect(await codeOf(put(1, 'OTHER'))).toBe('Aborted');
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { authorization } from '../tools/lib/oauth-signature.mjs';
import type { Answer } from './http.js';
import { newCustomer } from './operations.js';
import { expectStatus, loginHeader, type Person, type Platform, startOwnPlatform, unique } from './platform.js';

type Event = Record<string, unknown>;

let folder: string;
let issuer: Server;
let sign: (subject: string) => Promise<string>;
let platform: Platform;
let auditor: Person;
let bank_id: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-e2e-'));
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }] });
  issuer = createServer((_request, response) => void response.setHeader('content-type', 'application/json').end(keys));
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  sign = (subject) =>
    new SignJWT({ iss: address, sub: subject, aud: 'api' })
      .setIssuedAt()
      .setExpirationTime('5m')
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .sign(privateKey);
  platform = await startOwnPlatform({
    ALLOW_CUSTOMER_FIREHOSE: 'true',
    ALLOW_SANDBOX_DATA_IMPORT: 'true',
    OIDC_ISSUERS: `${address} api ${address}/keys`,
    AUDIT_LOG: join(folder, 'audit.log'),
    MAX_BAD_LOGIN_ATTEMPTS: '1',
    CREATE_JUST_IN_TIME_ENTITLEMENTS: 'true',
  });
  auditor = await platform.person('CanReadAuditTrail');
  bank_id = await platform.bank();
});
afterAll(async () => {
  await platform?.close();
  await new Promise((resolve) => issuer.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const get = (query: Record<string, string> = {}, token = auditor.token) =>
  platform.call('GET', `/management/audit-events?${new URLSearchParams(query).toString()}`, { token });

/**
 * The events of the filter, as soon as there are so many: events that the gateway records are stored a moment later.
 */
async function events(query: Record<string, string>, count = 1): Promise<Event[]> {
  for (let attempt = 0; ; attempt += 1) {
    const found = (await expectStatus(200, get(query))).json.events as Event[];
    if (found.length >= count || attempt === 100) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The only event of a response, by its correlation id. */
async function eventOf(answer: Answer, query: Record<string, string>): Promise<Event> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const found = (await events(query, 0)).filter(
      ({ correlation_id }) => correlation_id === answer.headers['correlation-id'],
    );
    if (found.length > 0) {
      expect(found).toHaveLength(1);
      return found[0] as Event;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no event of ${JSON.stringify(query)}: ${answer.status} ${answer.text}`);
}

const logIn = (login: Parameters<typeof loginHeader>[0]) =>
  platform.send('POST', '/my/logins/direct', loginHeader(login));
const consumerOf = async () =>
  String((await events({ user_id: auditor.user_id, operation_id: 'DirectLogin' }))[0]?.['consumer_id']);

describe('a login leaves an event', () => {
  it('by DirectLogin: right, wrong and locked', async () => {
    const person = await platform.person();
    const right = await eventOf(await logIn(person), { user_id: person.user_id });
    expect(right).toEqual({
      event_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      kind: 'login',
      operation_id: 'DirectLogin',
      user_id: person.user_id,
      consumer_id: await consumerOf(),
      bank_id: '',
      subject: '',
      role: '',
      result: 'ok',
      count: 1,
      correlation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(Math.abs(Date.parse(String(right['occurred_at'])) - Date.now())).toBeLessThan(60_000);
    const wrong = { ...person, password: 'a wrong password' };
    expect(
      await eventOf(await expectStatus(401, logIn(wrong)), { user_id: person.user_id, result: 'OBP-20004' }),
    ).toMatchObject({ kind: 'login', count: 1 });
    await expectStatus(401, logIn(wrong));
    expect(
      await eventOf(await expectStatus(401, logIn(person)), { user_id: person.user_id, result: 'OBP-20013' }),
    ).toMatchObject({ kind: 'login', operation_id: 'DirectLogin' });
    const nobody = await expectStatus(401, logIn({ ...person, consumer_key: 'nobodys-key' }));
    expect(await eventOf(nobody, { result: 'OBP-20008' })).toMatchObject({ kind: 'login', consumer_id: '' });
  });

  it('on the page of OAuth 1.0a', async () => {
    const person = await platform.person();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const { consumer_key, consumer_secret } = person;
    const signature = authorization('POST', `${platform.origin}/oauth/initiate`, {
      consumer_key,
      consumer_secret,
      extra: { oauth_callback: 'oob' },
    });
    const initiated = await expectStatus(
      200,
      platform.send('POST', '/oauth/initiate', {
        headers: { ...form, Authorization: signature, 'content-length': '0' },
      }),
    );
    const token = new URLSearchParams(initiated.text).get('oauth_token') ?? '';
    const page = await platform.send('GET', `/oauth/authorize?oauth_token=${token}`);
    const cookie = (page.headers['set-cookie'] ?? [])[0]?.split(';')[0] ?? '';
    const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const submit = (password: string) =>
      platform.send('POST', '/oauth/authorize', {
        headers: { ...form, cookie },
        body: new URLSearchParams({ oauth_token: token, csrf, username: person.username, password }).toString(),
      });
    expect(
      await eventOf(await expectStatus(401, submit('a wrong password')), {
        user_id: person.user_id,
        operation_id: 'OAuth1.0a',
      }),
    ).toMatchObject({ kind: 'login', result: 'OBP-20004', consumer_id: await consumerOf() });
    expect(
      await eventOf(await submit(person.password), { user_id: person.user_id, operation_id: 'OAuth1.0a' }),
    ).toMatchObject({ kind: 'login', result: 'ok', consumer_id: await consumerOf() });
  });

  it('by a bearer token, when it is the first of its user; its application is new too', async () => {
    const headers = { Authorization: `Bearer ${await sign(`subject.${unique()}`)}` };
    const { json } = await expectStatus(200, platform.call('GET', '/users/current', { headers }));
    await expectStatus(200, platform.call('GET', '/users/current', { headers }));
    const found = await events({ user_id: String(json.user_id) });
    expect(found.map(({ kind, operation_id, result }) => [kind, operation_id, result])).toEqual([
      ['application', 'OAuth2_OIDC', 'ok'],
      ['login', 'OAuth2_OIDC', 'ok'],
    ]);
  });
});

describe('credentials that are not accepted leave an event, which names nobody', () => {
  it.each([
    ['DirectLogin', { DirectLogin: 'token=nobodys' }, 'OBP-20003'],
    ['OAuth2_OIDC', { Authorization: 'Bearer nobodys' }, 'OBP-20205'],
  ])('by %s', async (operation_id, headers, result) => {
    const answer = await expectStatus(401, platform.call('GET', '/users/current', { headers }));
    expect(answer.json.message).toContain(result);
    expect(await eventOf(answer, { operation_id, result })).toMatchObject({ kind: 'login', user_id: '', subject: '' });
  });
});

describe('what is granted leaves an event', () => {
  it('to a user, and when it is revoked', async () => {
    const person = await platform.person();
    const granted = await expectStatus(
      201,
      platform.call('POST', `/users/${person.user_id}/entitlements`, {
        token: platform.admin.token,
        body: { role_name: 'CanGetCustomer', bank_id },
      }),
    );
    const grant = {
      user_id: platform.admin.user_id,
      bank_id,
      subject: person.user_id,
      role: 'CanGetCustomer',
      result: 'ok',
    };
    expect(await eventOf(granted, { operation_id: 'OBPv2.0.0-addEntitlement' })).toMatchObject({
      kind: 'grant',
      ...grant,
    });
    const remover = await platform.person('CanDeleteEntitlementAtAnyBank');
    const revoked = await expectStatus(
      204,
      platform.call('DELETE', `/users/${person.user_id}/entitlement/${String(granted.json.entitlement_id)}`, {
        token: remover.token,
      }),
    );
    expect(await eventOf(revoked, { operation_id: 'OBPv2.0.0-deleteEntitlement' })).toMatchObject({
      kind: 'revocation',
      ...grant,
      user_id: remover.user_id,
    });
  });

  it('to an application, to who makes a bank, to a user with roles, and just in time', async () => {
    const holder = await platform.person(
      'CanCreateScopeAtAnyBank',
      'CanDeleteScopeAtAnyBank',
      'CanCreateEntitlementAtAnyBank',
      'CanCreateBank',
    );
    const consumer_id = await consumerOf();
    const scope = await expectStatus(
      201,
      platform.call('POST', `/consumers/${consumer_id}/scopes`, {
        token: holder.token,
        body: { role_name: 'CanGetAnyUser', bank_id: '' },
      }),
    );
    expect(await eventOf(scope, { user_id: holder.user_id })).toMatchObject({
      kind: 'grant',
      operation_id: 'OBPv3.0.0-addScope',
      subject: consumer_id,
      role: 'CanGetAnyUser',
    });
    const unscoped = await platform.call('DELETE', `/consumers/${consumer_id}/scope/${String(scope.json.scope_id)}`, {
      token: holder.token,
    });
    expect(await eventOf(unscoped, { user_id: holder.user_id, operation_id: 'OBPv3.0.0-deleteScope' })).toMatchObject({
      kind: 'revocation',
      subject: consumer_id,
      role: 'CanGetAnyUser',
    });
    const id = `bank.${unique()}`;
    await expectStatus(201, platform.call('POST', '/banks', { token: holder.token, body: { id, bank_code: 'CODE' } }));
    expect(
      (await events({ user_id: holder.user_id, operation_id: 'OBPv5.0.0-createBank' })).map(
        ({ kind, bank_id: at, role }) => [kind, at, role],
      ),
    ).toEqual([
      ['grant', id, 'CanReadDynamicResourceDocsAtOneBank'],
      ['grant', id, 'CanCreateEntitlementAtOneBank'],
    ]);
    const made = await expectStatus(
      201,
      platform.call('POST', '/user-entitlements', {
        token: holder.token,
        body: {
          username: `dauth.${unique()}`,
          provider: 'dauth.example',
          roles: [{ role_name: 'CanGetAnyUser', bank_id: '' }],
        },
      }),
    );
    expect(await eventOf(made, { user_id: holder.user_id })).toMatchObject({ kind: 'grant', role: 'CanGetAnyUser' });
    const itself = await expectStatus(200, platform.call('GET', '/users', { token: holder.token }));
    expect(await eventOf(itself, { user_id: holder.user_id, operation_id: 'grantJustInTime' })).toMatchObject({
      kind: 'grant',
      subject: holder.user_id,
      role: 'CanGetAnyUser',
    });
  });
});

describe('what is refused for a role leaves an event', () => {
  it('at the edge, over REST and gRPC alike, and in the directory', async () => {
    const person = await platform.person();
    const refused = await expectStatus(
      403,
      platform.call('GET', `/banks/${bank_id}/customers`, { token: person.token }),
    );
    expect(await eventOf(refused, { user_id: person.user_id, result: 'OBP-20006' })).toMatchObject({
      kind: 'refusal',
      operation_id: 'OBPv5.0.0-getCustomersAtOneBank',
      bank_id,
      count: 1,
      consumer_id: await consumerOf(),
    });
    const connect = await platform.send('POST', '/obp.customers.v1.CustomerService/CreateCustomer', {
      token: person.token,
      headers: { 'connect-protocol-version': '1' },
      body: { bankId: bank_id },
    });
    expect(connect.status).toBe(403);
    expect(await eventOf(connect, { user_id: person.user_id, result: 'OBP-20006' })).toMatchObject({
      kind: 'refusal',
      operation_id: 'OBPv5.0.0-createCustomer',
    });
    // The bank is in the body, so the directory refuses the call and not the gateway.
    const grant = await expectStatus(
      403,
      platform.call('POST', `/users/${person.user_id}/entitlements`, {
        token: person.token,
        body: { role_name: 'CanGetAnyUser', bank_id: '' },
      }),
    );
    expect(await eventOf(grant, { user_id: person.user_id, operation_id: 'OBPv2.0.0-addEntitlement' })).toMatchObject({
      kind: 'refusal',
      result: 'OBP-20050',
    });
    expect((await expectStatus(403, get({}, person.token))).json.message).toBe(
      'OBP-20006: User is missing one or more roles: CanReadAuditTrail',
    );
  });

  it('once and then together, when somebody goes on trying', async () => {
    const person = await platform.person();
    const refuse = () =>
      expectStatus(403, platform.call('GET', `/banks/${bank_id}/customers`, { token: person.token }));
    for (let round = 0; round < 30; round += 1) await Promise.all(Array.from({ length: 10 }, refuse));
    await expect(events({ user_id: person.user_id, result: 'OBP-20006' })).resolves.toHaveLength(1);
    for (let waited = 0; waited < 15_000; waited += 250) {
      const found = await events({ user_id: person.user_id, result: 'OBP-20006' });
      if (found.reduce((sum, { count }) => sum + Number(count), 0) === 300) {
        expect(found.length).toBeLessThanOrEqual(4);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error('not all refusals were counted');
  });
});

describe('what else matters leaves an event', () => {
  it('changes of applications', async () => {
    const developer = await platform.person(
      'CanCreateConsumer',
      'CanUpdateConsumerName',
      'CanUpdateConsumerLogoUrl',
      'CanUpdateConsumerRedirectUrl',
      'CanDisableConsumers',
      'CanUpdateRateLimits',
    );
    const body = {
      app_name: 'Some app',
      app_type: 'Confidential',
      description: 'An app',
      developer_email: 'dev@example.com',
      company: '',
      redirect_url: 'https://example.com/back',
      enabled: true,
    };
    const created = await expectStatus(
      201,
      platform.call('POST', '/management/consumers', { token: developer.token, body }),
    );
    const consumer_id = String(created.json.consumer_id);
    const limits = Object.fromEntries(
      ['second', 'minute', 'hour', 'day', 'week', 'month'].map((period) => [`per_${period}_call_limit`, '-1']),
    );
    const put = (path: string, change: object) =>
      expectStatus(
        200,
        platform.call('PUT', `/management/consumers/${consumer_id}${path}`, { token: developer.token, body: change }),
      );
    await put('/consumer/name', { app_name: 'Another name' });
    await put('/consumer/logo_url', { logo_url: 'https://example.com/logo.png' });
    await put('/consumer/redirect_url', { redirect_url: 'https://example.com/other' });
    await put('/consumer/call-limits', limits);
    await put('', { enabled: false });
    await expectStatus(201, platform.call('POST', '/my/consumers', { token: developer.token, body }));
    const found = (await events({ user_id: developer.user_id }, 7)).filter(({ kind }) => kind === 'application');
    expect(found.map(({ operation_id }) => String(operation_id).split('-')[1])).toEqual([
      'createMyConsumer',
      'enableDisableConsumers',
      'callsLimit',
      'updateConsumerRedirectURL',
      'updateConsumerLogoURL',
      'updateConsumerName',
      'createConsumer',
    ]);
    expect(found.slice(1).map(({ subject, result }) => [subject, result])).toEqual(Array(6).fill([consumer_id, 'ok']));
  });

  it('exports and the firehose', async () => {
    const reader = await platform.person(
      `CanGetCustomers@${bank_id}`,
      `CanGetCustomersMinimal@${bank_id}`,
      'CanGetCustomersAtAnyBank',
      'CanGetCustomersMinimalAtAnyBank',
      'CanUseCustomerFirehoseAtAnyBank',
    );
    const read = (path: string) => platform.call('GET', path, { token: reader.token });
    const told = async (path: string) => {
      const { kind, operation_id, bank_id: at, result } = await eventOf(await read(path), { user_id: reader.user_id });
      return [kind, operation_id, at, result];
    };
    expect(await told(`/banks/${bank_id}/customers`)).toEqual([
      'export',
      'OBPv5.0.0-getCustomersAtOneBank',
      bank_id,
      'ok',
    ]);
    expect(await told(`/banks/${bank_id}/customers-minimal`)).toEqual([
      'export',
      'OBPv5.0.0-getCustomersMinimalAtOneBank',
      bank_id,
      'ok',
    ]);
    expect(await told('/customers')).toEqual(['export', 'OBPv4.0.0-getCustomersAtAnyBank', '', 'ok']);
    expect(await told('/customers-minimal')).toEqual(['export', 'OBPv4.0.0-getCustomersMinimalAtAnyBank', '', 'ok']);
    expect(await told(`/banks/${bank_id}/firehose/customers`)).toEqual([
      'firehose',
      'OBPv3.1.0-getFirehoseCustomers',
      bank_id,
      'ok',
    ]);
  });

  it('imports', async () => {
    const importer = await platform.person('CanCreateSandbox');
    const answer = await expectStatus(
      201,
      platform.call('POST', '/sandbox/data-import', { token: importer.token, body: {} }),
    );
    expect(await eventOf(answer, { user_id: importer.user_id })).toMatchObject({
      kind: 'import',
      operation_id: 'OBPv2.1.0-sandboxDataImport',
      result: 'ok',
    });
  });

  it('deletions of customers and users', async () => {
    const teller = await platform.person(
      `CanCreateCustomer@${bank_id}`,
      `CanDeleteCustomerCascade@${bank_id}`,
      'CanDeleteUser',
    );
    const { json } = await expectStatus(
      201,
      platform.call('POST', `/banks/${bank_id}/customers`, { token: teller.token, body: newCustomer }),
    );
    const customer_id = String(json.customer_id);
    const remove = (id: string) =>
      platform.call('DELETE', `/management/cascading/banks/${bank_id}/customers/${id}`, { token: teller.token });
    const deletion = {
      kind: 'deletion',
      operation_id: 'OBPv4.0.0-deleteCustomerCascade',
      user_id: teller.user_id,
      bank_id,
    };
    expect(await eventOf(await expectStatus(200, remove(customer_id)), { user_id: teller.user_id })).toMatchObject({
      ...deletion,
      subject: customer_id,
      result: 'ok',
    });
    // A text that is not an id does not appear in the event.
    expect(
      await eventOf(await expectStatus(404, remove('Eveline Tripman'.replace(' ', '%20'))), {
        user_id: teller.user_id,
      }),
    ).toMatchObject({ ...deletion, subject: '', result: 'OBP-30046' });
    const person = await platform.person();
    const deleted = await expectStatus(
      200,
      platform.call('DELETE', `/users/${person.user_id}`, { token: teller.token }),
    );
    expect(await eventOf(deleted, { operation_id: 'OBPv4.0.0-deleteUser' })).toMatchObject({
      kind: 'deletion',
      user_id: teller.user_id,
      subject: person.user_id,
      result: 'ok',
    });
  });

  it('locks of users and ended tokens', async () => {
    const warden = await platform.person('CanLockUser', 'CanUnlockUser');
    const person = await platform.person();
    const user = (await expectStatus(200, platform.call('GET', '/users/current', { token: person.token }))).json;
    const path = `/users/${encodeURIComponent(String(user.provider))}/${person.username}`;
    const locked = await expectStatus(200, platform.call('POST', `${path}/locks`, { token: warden.token, body: {} }));
    expect(await eventOf(locked, { user_id: warden.user_id })).toMatchObject({
      kind: 'lock',
      operation_id: 'OBPv5.1.0-lockUserByProviderAndUsername',
      subject: person.user_id,
    });
    const unlocked = await expectStatus(
      200,
      platform.call('PUT', `${path}/lock-status`, { token: warden.token, body: {} }),
    );
    expect(await eventOf(unlocked, { user_id: warden.user_id })).toMatchObject({
      kind: 'lock',
      operation_id: 'OBPv5.1.0-unlockUserByProviderAndUsername',
      subject: person.user_id,
    });
    const [token] = (await expectStatus(200, platform.call('GET', '/my/tokens', { token: person.token }))).json
      .tokens as Event[];
    const ended = await expectStatus(
      200,
      platform.call('DELETE', `/my/tokens/${String(token?.['token_id'])}`, { token: person.token }),
    );
    expect(await eventOf(ended, { user_id: person.user_id })).toMatchObject({
      kind: 'token',
      operation_id: 'OBPv5.1.0-deleteMyToken',
      subject: token?.['token_id'],
    });
  });
});

describe('the trail', () => {
  it('is read in pages, newest first, and by filters', async () => {
    const all = await events({ limit: '10000' });
    const order = all.map(({ event_id }) => String(event_id));
    expect(order).toEqual([...order].sort().reverse());
    const second = await events({ limit: '5', before: order[4] as string });
    expect(second.map(({ event_id }) => event_id).every((id) => String(id) < (order[4] as string))).toBe(true);
    expect(second).toHaveLength(5);
    expect(await events({ to_date: '2013-01-21T23:08:00Z' }, 0)).toEqual([]);
    expect((await events({ from_date: '2013-01-21T23:08:00Z', limit: '3' })).length).toBe(3);
    expect((await get({ from_date: 'yesterday' })).json.message).toMatch(/^OBP-10016/);
  });

  it('is in the file too, line by line, and has no name and no secret', async () => {
    const { admin } = platform;
    await new Promise((resolve) => setTimeout(resolve, 300));
    const text = await readFile(join(folder, 'audit.log'), 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Event);
    const stored = await events({ limit: '10000' });
    const ofFile = new Map(lines.map((line) => [line['event_id'], line]));
    expect(stored.length).toBeGreaterThan(50);
    for (const event of stored) expect(ofFile.get(event['event_id'])).toEqual(event);
    for (const never of [
      admin.username,
      admin.password,
      admin.consumer_key,
      admin.consumer_secret,
      admin.token,
      auditor.username,
      auditor.password,
      auditor.token,
      'Legal Name',
      'example.com',
      'a wrong password',
      'Eveline',
    ])
      expect(text).not.toContain(never);
  });
});

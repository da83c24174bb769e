import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rpc } from '@platform/grpc';
import {
  Failure,
  type Identity,
  IdentityServiceDefinition,
  type ResolveExternalUserRequest,
  Role,
} from '@platform/messages';
import { asUser, consumerKey, context, methods, startDirectory, testConfig } from './directory.js';

const resolveExternalUser = rpc(IdentityServiceDefinition, 'resolveExternalUser');
const issuer = 'https://login.example.com/realms/bank';

let directory: Awaited<ReturnType<typeof startDirectory>>;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.close());

const external = (change: Partial<ResolveExternalUserRequest> = {}): ResolveExternalUserRequest => ({
  provider: issuer,
  provider_id: randomUUID(),
  username: 'Eveline',
  email: 'eveline@example.com',
  authorized_party: `client-${randomUUID()}`,
  audience: 'customer-platform',
  app_name: '',
  description: 'OpenID Connect',
  ...change,
});
const resolve = (request: ResolveExternalUserRequest): Promise<Identity> =>
  directory.peer.call(resolveExternalUser, request, context());
const userOf = async ({ user_id }: Identity) =>
  (await directory.rows('select * from app_user where user_id = $1', [user_id]))[0] ?? {};
const consumerOf = async ({ consumer_id }: Identity) =>
  (await directory.rows('select * from consumer where consumer_id = $1', [consumer_id]))[0] ?? {};
const counts = async () =>
  (
    await directory.rows(
      'select (select count(*)::int from app_user) as users, (select count(*)::int from consumer) as consumers',
    )
  )[0];

describe('ResolveExternalUser at first sight', () => {
  it('makes a user without a password or a role', async () => {
    const request = external();
    const identity = await resolve(request);
    expect(identity).toMatchObject({
      username: 'Eveline',
      roles: [],
      scopes: [],
      super_admin: false,
      call_limits: null,
    });
    expect(await userOf(identity)).toMatchObject({
      provider: issuer,
      provider_id: request.provider_id,
      username: 'Eveline',
      email: 'eveline@example.com',
      password_hash: null,
      is_super_admin: false,
      is_deleted: false,
    });
    expect(await directory.rows('select from entitlement where user_id = $1', [identity.user_id])).toEqual([]);
  });

  it('makes the application, confidential and enabled, created by the user', async () => {
    const request = external({ app_name: 'A portal', description: 'OAuth 2.0' });
    const identity = await resolve(request);
    const consumer = await consumerOf(identity);
    expect(consumer).toMatchObject({
      app_name: 'A portal',
      description: 'OAuth 2.0',
      developer_email: 'eveline@example.com',
      app_type: 'Confidential',
      redirect_url: '',
      is_enabled: true,
      created_by_user_id: identity.user_id,
      oidc_issuer: issuer,
      oidc_client: request.authorized_party,
    });
    for (const secret of [consumer['consumer_key'], consumer['consumer_secret']])
      expect(secret).toMatch(/^[a-z0-9]{40}$/);
    expect(identity.consumer_id).not.toBe(request.authorized_party);
  });

  it('takes what the token leaves out from what it has', async () => {
    const request = external({ username: '', email: '', authorized_party: '', audience: `audience-${randomUUID()}` });
    const identity = await resolve(request);
    expect(identity.username).toBe(request.provider_id);
    expect(await consumerOf(identity)).toMatchObject({
      app_name: 'OpenID Connect',
      developer_email: '',
      oidc_client: request.audience,
    });
  });

  it('grants what new users get, once', async () => {
    const generous = await startDirectory({ new_user_roles: [Role.ROLE_CAN_GET_ANY_USER] });
    try {
      const request = external();
      const seen = await Promise.all(
        Array.from({ length: 5 }, () => generous.peer.call(resolveExternalUser, request, context())),
      );
      expect(seen.map(({ roles }) => roles)).toEqual(
        seen.map(() => [{ role: Role.ROLE_CAN_GET_ANY_USER, bank_id: '' }]),
      );
    } finally {
      await generous.close();
    }
  });

  it('in parallel makes one user and one application', async () => {
    const request = external({ authorized_party: randomUUID() });
    const before = await counts();
    const seen = await Promise.all(Array.from({ length: 12 }, () => resolve(request)));
    expect(new Set(seen.map(({ user_id, consumer_id }) => `${user_id} ${consumer_id}`)).size).toBe(1);
    expect(await counts()).toEqual({
      users: Number(before?.['users']) + 1,
      consumers: Number(before?.['consumers']) + 1,
    });
  });

  it('of several users through one client in parallel makes one application', async () => {
    const authorized_party = `client-${randomUUID()}`;
    const seen = await Promise.all(Array.from({ length: 8 }, () => resolve(external({ authorized_party }))));
    expect(new Set(seen.map(({ user_id }) => user_id)).size).toBe(8);
    expect(new Set(seen.map(({ consumer_id }) => consumer_id)).size).toBe(1);
  });
});

describe('ResolveExternalUser later', () => {
  it('answers the same and writes nothing, whatever the token says by then', async () => {
    const request = external();
    const first = await resolve(request);
    const before = await counts();
    expect(await resolve({ ...request, username: 'Another', email: 'other@example.com' })).toEqual(first);
    expect(await counts()).toEqual(before);
    expect(await userOf(first)).toMatchObject({ username: 'Eveline', email: 'eveline@example.com' });
  });

  it('tells users apart by issuer and subject, applications by issuer and client', async () => {
    const request = external();
    const first = await resolve(request);
    const elsewhere = await resolve({ ...request, provider: 'https://other.example.com' });
    expect(elsewhere.user_id).not.toBe(first.user_id);
    expect(elsewhere.consumer_id).not.toBe(first.consumer_id);
    const through = await resolve({ ...request, authorized_party: 'another-client' });
    expect([through.user_id, through.consumer_id === first.consumer_id]).toEqual([first.user_id, false]);
  });

  it('shows roles, scopes and limits', async () => {
    const request = external();
    const { user_id, consumer_id } = await resolve(request);
    const admin = await directory.admin();
    await directory.addEntitlement(admin.user_id, user_id, 'CanGetAnyUser');
    await directory.rows("insert into scope values ('s', $1, 'CanGetAnyUser', '', now())", [consumer_id]);
    await directory.rows('update consumer set call_limits = $2 where consumer_id = $1', [
      consumer_id,
      [1, 2, 3, 4, 5, -1],
    ]);
    const identity = await resolve(request);
    expect([identity.roles.length, identity.scopes.length, identity.call_limits?.per_second]).toEqual([1, 1, 1]);
  });
});

describe('the application', () => {
  it('is the one whose id the token names, and gets that id when it is new', async () => {
    const id = randomUUID();
    expect((await resolve(external({ authorized_party: id }))).consumer_id).toBe(id);
    expect((await resolve(external({ authorized_party: id, provider: 'https://other.example.com' }))).consumer_id).toBe(
      id,
    );
  });

  it('is else the one whose key is the audience', async () => {
    const [first] = await directory.rows('select consumer_id from consumer where is_configured');
    expect((await resolve(external({ audience: consumerKey }))).consumer_id).toBe(first?.['consumer_id']);
  });
});

describe('ResolveExternalUser refuses', () => {
  const cases: [string, Failure, string][] = [
    ['a deleted user', Failure.FAILURE_USER_DELETED, 'update app_user set is_deleted = true where user_id = $1'],
    ['a locked user', Failure.FAILURE_USER_LOCKED, "insert into user_lock values ($1, 'lock_via_api', now())"],
    [
      'a disabled application',
      Failure.FAILURE_CONSUMER_DISABLED,
      'update consumer set is_enabled = false where created_by_user_id = $1',
    ],
  ];
  it.each(cases)('%s, and makes no other', async (_who, failure, sql) => {
    const request = external();
    const { user_id } = await resolve(request);
    await directory.rows(sql, [user_id]);
    const before = await counts();
    await expect(resolve(request)).rejects.toMatchObject({ failure });
    expect(await counts()).toEqual(before);
  });

  it('a user deleted by the API: a token that is still valid brings nobody back', async () => {
    const request = external();
    const { user_id } = await resolve(request);
    await directory.peer.call(methods.deleteUser, { user_id }, asUser('someone', [Role.ROLE_CAN_DELETE_USER]));
    const before = await counts();
    await expect(resolve(request)).rejects.toMatchObject({ failure: Failure.FAILURE_USER_DELETED });
    expect(await counts()).toEqual(before);
    const [left] = await directory.rows('select * from app_user where user_id = $1', [user_id]);
    expect(JSON.stringify(left)).not.toContain(request.provider_id);
    // The same subject at another provider is another user.
    expect((await resolve({ ...request, provider: 'https://other.example.com' })).user_id).not.toBe(user_id);
  });

  it("an issuer that would speak for this instance's own users", async () => {
    const request = external({ provider: testConfig('').provider, provider_id: 'admin.user' });
    await expect(resolve(request)).rejects.toMatchObject({ failure: Failure.FAILURE_OAUTH2_TOKEN_NOT_RECOGNISED });
  });

  it('a user who is deleted in the middle of a login through an application that is new', async () => {
    const request = external();
    await resolve(request);
    // What another transaction could commit between the two statements of this one.
    await directory.rows(`create function forget_user() returns trigger language plpgsql as $$ begin
      update app_user set provider_id = 'deleted-in-between' where provider_id = '${request.provider_id}'; return null; end $$`);
    await directory.rows(
      'create trigger forget_user after insert on app_user for each statement execute function forget_user()',
    );
    try {
      const late = { ...request, authorized_party: `client-${randomUUID()}` };
      await expect(resolve(late)).rejects.toMatchObject({ failure: Failure.FAILURE_USER_DELETED });
    } finally {
      await directory.rows('drop function forget_user cascade');
    }
  });

  it('a subject that is none, or does not fit', async () => {
    await expect(resolve(external({ provider_id: '' }))).rejects.toMatchObject({
      failure: Failure.FAILURE_OAUTH2_TOKEN_NOT_RECOGNISED,
    });
    for (const provider_id of ['x'.repeat(256), 'a\0b'])
      await expect(resolve(external({ provider_id }))).rejects.toMatchObject({
        failure: Failure.FAILURE_INVALID_JSON_FORMAT,
      });
  });

  it('every caller that is no service', async () => {
    const admin = await directory.admin();
    await expect(directory.peer.call(resolveExternalUser, external(), asUser(admin.user_id))).rejects.toThrow();
  });
});

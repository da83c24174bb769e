import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rpc } from '@platform/grpc';
import { Failure, type GetUsersRequest, Role, UserServiceDefinition, type UserV400 } from '@platform/messages';
import { createDirectoryService } from '../src/index.js';
import {
  all,
  asUser,
  context,
  methods,
  newName,
  outcomes,
  startDirectory,
  testConfig,
  userBody,
  userPassword,
} from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
let admin_id: string;
beforeAll(async () => {
  directory = await startDirectory();
  admin_id = (await directory.admin()).user_id;
});
afterAll(() => directory.close());

const reader = () => asUser(admin_id, [Role.ROLE_CAN_GET_ANY_USER]);
const deleter = () => asUser(admin_id, [Role.ROLE_CAN_DELETE_USER]);
const byId = (user_id: string) => directory.peer.call(methods.getUserByUserId, { user_id }, reader());
const byName = (provider: string, username: string) =>
  directory.peer.call(methods.getUserByProviderAndUsername, { provider, username }, reader());
const localUser = (username: string) => directory.peer.call(methods.getUserByUsername, { username }, reader());
const byEmail = async (email: string) =>
  users(await all(directory.peer.stream(methods.getUsersByEmail, { email }, reader())));
const listed = async (request: GetUsersRequest) =>
  users(await all(directory.peer.stream(methods.getUsers, request, reader())));
const remove = (user_id: string) => directory.peer.call(methods.deleteUser, { user_id }, deleter());
const users = (messages: { users: UserV400[] }[]): UserV400[] => messages.flatMap((message) => message.users);
const ids = (list: UserV400[]): string[] => list.map(({ user_id }) => user_id);

describe('getCurrentUserId', () => {
  it('answers with the id of the caller, who must be a user', async () => {
    expect(await directory.peer.call(methods.getCurrentUserId, {}, asUser('someone'))).toEqual({ user_id: 'someone' });
    await expect(directory.peer.call(methods.getCurrentUserId, {}, context())).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_LOGGED_IN,
    });
  });
});

describe('one user', () => {
  it('is found by id, by provider and name, and by local name, with what it holds', async () => {
    const user = await directory.createUser();
    const entitlement = await directory.addEntitlement(admin_id, user.user_id, 'CanGetAnyUser');
    const expected = {
      ...user,
      entitlements: { list: [entitlement] },
      is_deleted: false,
      last_marketing_agreement_signed_date: null,
      is_locked: false,
    };
    expect(await byId(user.user_id)).toEqual({ ...expected, agreements: [] });
    expect(await byName(user.provider, user.username)).toEqual(expected);
    expect(await localUser(user.username)).toEqual(expected);
    expect(JSON.stringify(await byId(admin_id))).not.toContain('SuperAdmin');
  });

  it('is locked by the API or by bad logins', async () => {
    const [first, second] = [await directory.createUser(), await directory.createUser()];
    await directory.rows("insert into user_lock values ($1, 'lock_via_api', now())", [first.user_id]);
    await directory.rows(
      'insert into bad_login (provider, username, attempts, is_user, last_failure_at) values ($1, $2, 7, true, now())',
      [second.provider, second.username],
    );
    expect((await byId(first.user_id)).is_locked).toBe(true);
    expect((await byId(second.user_id)).is_locked).toBe(false);
    await directory.rows("update bad_login set locked_until = now() + interval '1 minute' where username = $1", [
      second.username,
    ]);
    expect((await byName(second.provider, second.username)).is_locked).toBe(true);
    await directory.rows('update bad_login set locked_until = now() where username = $1', [second.username]);
    expect((await byName(second.provider, second.username)).is_locked).toBe(false);
  });

  it('is not found by what names nobody', async () => {
    const { username, provider } = await directory.createUser();
    for (const id of ['unknown', '', 'with blank', 'NUL\0', 'x'.repeat(300)]) {
      await expect(byId(id)).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_NOT_FOUND_BY_ID,
        detail: ` Current UserId(${id})`,
      });
    }
    for (const [of, name] of [
      ['https://other.example.com', username],
      [provider, newName('nobody')],
      [provider, 'NUL\0'],
      ['', ''],
    ] as const) {
      await expect(byName(of, name)).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_NOT_FOUND_BY_PROVIDER_AND_USERNAME,
        detail: '',
      });
    }
  });

  it('of another provider is found by that provider alone', async () => {
    const provider = 'https://id.example.com/realms/a b';
    const username = newName('foreign');
    await directory.rows('insert into app_user values ($1, $2, $3, $4, $5, $6, $6, null, true, false, false, now())', [
      username,
      provider,
      'subject',
      username,
      'f@id.example.com',
      'F',
    ]);
    expect(await byName(provider, username)).toMatchObject({ user_id: username, provider_id: 'subject' });
    await expect(localUser(username)).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_FOUND_BY_PROVIDER_AND_USERNAME,
    });
  });

  it('needs CanGetAnyUser', async () => {
    const call = directory.peer.call(methods.getUserByUserId, { user_id: admin_id }, asUser(admin_id));
    await expect(call).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: 'CanGetAnyUser',
    });
  });
});

describe('getUsersByEmail', () => {
  it('lists all with that address, oldest first, and none for an address of nobody', async () => {
    const email = `${newName('shared')}@example.com`;
    const made = [];
    for (let count = 0; count < 3; count += 1)
      made.push(await directory.peer.call(methods.createUser, { body: userBody({ email }) }, context()));
    expect(ids(await byEmail(email))).toEqual(made.map(({ user_id }) => user_id));
    expect(
      users((await all(directory.peer.stream(rpc(UserServiceDefinition, 'getUser'), { email }, reader()))) as never),
    ).toEqual(made);
    for (const nobody of ['', 'nobody@example.com', 'NUL\0', email.toUpperCase()])
      expect(await byEmail(nobody)).toEqual([]);
  });
});

describe('getUsers', () => {
  let all_ids: string[];
  beforeAll(async () => {
    // More than one page of the query.
    await directory.rows(
      "insert into app_user select 'zz.' || lpad(n::text, 4, '0'), 'p', n, 'name.' || n, 'many@example.com', '', '', null, true, false, false, now() - n * interval '1 minute' from generate_series(1, 230) n",
    );
    await directory.rows(
      "insert into entitlement select 'e.' || n || '.' || k, 'zz.0001', 'CanGetCustomer', 'bank.' || n || '.' || k, 'manual', now() - (n * 40 + k) * interval '1 second' from generate_series(1, 40) n, generate_series(1, 40) k",
    );
    all_ids = (
      await directory.rows('select user_id from app_user where not is_deleted order by created_at, user_id')
    ).map((row) => row['user_id'] as string);
  });

  it('are 50 by default, oldest first', async () => {
    expect(ids(await listed({}))).toEqual(all_ids.slice(0, 50));
  });

  it('honour limit and offset across pages', async () => {
    expect(ids(await listed({ limit: 1_000_000 }))).toEqual(all_ids);
    expect(ids(await listed({ limit: 150, offset: 7 }))).toEqual(all_ids.slice(7, 157));
    expect(await listed({ limit: 5, offset: 100_000 })).toEqual([]);
    expect(await all(directory.peer.stream(methods.getUsers, { offset: 100_000 }, reader()))).toEqual([{ users: [] }]);
  });

  it('come with all that they hold, newest first', async () => {
    const found = (await listed({ limit: 1_000 })).find(({ user_id }) => user_id === 'zz.0001') as UserV400;
    expect(found.entitlements?.list).toHaveLength(1_600);
    const newest = Array.from({ length: 40 }, (_, n) =>
      Array.from({ length: 40 }, (_none, k) => `bank.${n + 1}.${k + 1}`),
    ).flat();
    expect(found.entitlements?.list.map(({ bank_id }) => bank_id)).toEqual(newest);
  });

  it('are those that are locked, or not, or deleted', async () => {
    const byApi = await directory.createUser();
    const byLogins = await directory.createUser();
    const gone = await directory.createUser();
    await directory.rows("insert into user_lock values ($1, 'lock_via_api', now())", [byApi.user_id]);
    await directory.rows(
      "insert into bad_login (provider, username, attempts, is_user, last_failure_at, locked_until) values ($1, $2, 6, true, now(), now() + interval '1 minute')",
      [byLogins.provider, byLogins.username],
    );
    await remove(gone.user_id);
    const both = [byApi.user_id, byLogins.user_id].sort();
    const locked = await listed({ locked_status: 'locked', limit: 500 });
    expect(ids(locked)).toEqual(expect.arrayContaining(both));
    expect(locked.every(({ is_locked }) => is_locked)).toBe(true);
    expect(ids(await listed({ locked_status: 'locked', limit: 1, offset: 1 }))).toEqual(ids(locked).slice(1, 2));
    const active = await listed({ locked_status: 'active', limit: 500 });
    expect(active.some(({ is_locked }) => is_locked)).toBe(false);
    expect(active.length + locked.length).toBe((await listed({ limit: 1_000 })).length);
    const deleted = await listed({ is_deleted: true, limit: 500 });
    expect(deleted.every(({ is_deleted }) => is_deleted)).toBe(true);
    expect(ids(deleted)).toContain(gone.user_id);
    expect(ids(await listed({ is_deleted: false, limit: 1_000 }))).not.toContain(gone.user_id);
  });

  it.each([{ limit: 0 }, { limit: -1 }, { offset: -1 }, { locked_status: 'open' }])('refuse %j', async (request) => {
    await expect(listed(request)).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_FILTER_PARAMETERS,
      detail: expect.stringMatching(/^ <- /),
    });
  });
});

describe('deleteUser', () => {
  it('leaves nothing that tells who it was, and the id', async () => {
    const user = await directory.createUser();
    const { user_id, username } = user;
    const token = await directory.logIn(username, userPassword);
    await directory.addEntitlement(admin_id, user_id, 'CanGetAnyUser');
    const attribute = { name: 'HAT_SIZE', type: 'INTEGER', value: '7' };
    await directory.peer.call(methods.createPersonalAttribute, { body: attribute }, asUser(user_id));
    await directory.peer.call(
      methods.createNonPersonalAttribute,
      { user_id, body: attribute },
      asUser(admin_id, [Role.ROLE_CAN_CREATE_NON_PERSONAL_USER_ATTRIBUTE]),
    );
    await directory.peer.call(
      methods.addEntitlementRequest,
      { body: { role_name: 'CanCreateBank', bank_id: '' } },
      asUser(user_id),
    );
    await directory.logIn(username, 'a wrong password').catch(() => undefined);
    expect(await remove(user_id)).toEqual({ value: true });
    const [row] = await directory.rows('select * from app_user where user_id = $1', [user_id]);
    expect(row).toMatchObject({
      is_deleted: true,
      email: '',
      first_name: '',
      last_name: '',
      password_hash: null,
      provider: user.provider,
    });
    expect(row?.['username']).toMatch(/^deleted-/);
    expect(row?.['provider_id']).toBe(row?.['username']);
    expect(JSON.stringify(row)).not.toContain(username);
    expect(await directory.rows('select is_personal from user_attribute where user_id = $1', [user_id])).toEqual([
      { is_personal: false },
    ]);
    for (const table of ['entitlement', 'entitlement_request'])
      expect(await directory.rows(`select from ${table} where user_id = $1`, [user_id])).toEqual([]);
    expect(await directory.rows('select from bad_login where username = $1', [username])).toEqual([]);
    await expect(directory.resolve(token)).rejects.toMatchObject({ failure: Failure.FAILURE_USER_DELETED });
    await expect(directory.logIn(username, userPassword)).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
    });
    expect(await byId(user_id)).toMatchObject({ user_id, is_deleted: true, email: '', entitlements: { list: [] } });
    for (const look of [() => byName(user.provider, username), () => localUser(username)]) {
      await expect(look()).rejects.toMatchObject({ failure: Failure.FAILURE_USER_NOT_FOUND_BY_PROVIDER_AND_USERNAME });
    }
  });

  it('frees the name', async () => {
    const first = await directory.createUser();
    await remove(first.user_id);
    const second = await directory.createUser(first.username);
    expect(second.user_id).not.toBe(first.user_id);
    expect((await directory.resolve(await directory.logIn(first.username, userPassword))).user_id).toBe(second.user_id);
  });

  it('finds a deleted or unknown user no more', async () => {
    const { user_id } = await directory.createUser();
    await remove(user_id);
    for (const id of [user_id, 'unknown', '', 'NUL\0']) {
      await expect(remove(id)).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_NOT_FOUND,
        detail: ` Current USER_ID(${id})`,
      });
    }
  });

  it('succeeds once of eight in parallel', async () => {
    const { user_id } = await directory.createUser();
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => remove(user_id)));
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_USER_NOT_FOUND] });
  });

  it('leaves no role behind when one is granted at the same moment', async () => {
    const { user_id } = await directory.createUser();
    await Promise.allSettled([
      remove(user_id),
      ...['CanGetAnyUser', 'CanCreateBank', 'CanLockUser'].map((role) =>
        directory.addEntitlement(admin_id, user_id, role),
      ),
    ]);
    expect(await directory.rows('select from entitlement where user_id = $1', [user_id])).toEqual([]);
  });

  it('takes the first admin and the caller itself like any other; the next start makes the admin anew', async () => {
    const own = await startDirectory();
    try {
      const { user_id } = await own.admin();
      expect(
        await own.peer.call(methods.deleteUser, { user_id }, asUser(user_id, [Role.ROLE_CAN_DELETE_USER])),
      ).toEqual({ value: true });
      await expect(own.admin()).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_LOGIN_CREDENTIALS });
      const again = await createDirectoryService(testConfig(own.database_url));
      try {
        const admin = await own.admin();
        expect(admin).toMatchObject({ username: 'admin.user', super_admin: true });
        expect(admin.user_id).not.toBe(user_id);
        expect(await own.rows('select user_id from app_user where is_super_admin')).toEqual([
          { user_id: admin.user_id },
        ]);
      } finally {
        await again.close();
      }
    } finally {
      await own.close();
    }
  });

  it('needs CanDeleteUser', async () => {
    const { user_id } = await directory.createUser();
    const call = directory.peer.call(methods.deleteUser, { user_id }, asUser(user_id));
    await expect(call).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: 'CanDeleteUser',
    });
    expect((await byId(user_id)).is_deleted).toBe(false);
  });
});

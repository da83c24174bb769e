import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure } from '@platform/messages';
import { asUser, context, methods, newName, startDirectory, userBody, userPassword } from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.close());

const create = (body: object | undefined) =>
  directory.peer.call(methods.createUser, { body: body as never }, context());
const countUsers = async () => (await directory.rows('select from app_user')).length;

describe('createUser', () => {
  it('makes a local user who may log in at once', async () => {
    const body = userBody();
    const user = await create(body);
    const { username, email } = body;
    expect(user).toEqual({
      user_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email,
      provider_id: username,
      provider: 'http://127.0.0.1:8080',
      username,
      entitlements: { list: [] },
    });
    const [row] = await directory.rows('select * from app_user where user_id = $1', [user.user_id]);
    expect(row).toMatchObject({
      username,
      email,
      first_name: 'Robert',
      last_name: 'Xuvius',
      is_validated: true,
      is_deleted: false,
      is_super_admin: false,
    });
    expect((await directory.resolve(await directory.logIn(username, userPassword))).user_id).toBe(user.user_id);
  });

  it('takes an e-mail address as a username and keeps other alphabets in names', async () => {
    const username = `${newName('mail')}@example.com`;
    const user = await create(userBody({ username, first_name: 'Žofie 🏦', last_name: '中村' }));
    expect(
      (await directory.rows('select first_name, last_name from app_user where user_id = $1', [user.user_id]))[0],
    ).toEqual({
      first_name: 'Žofie 🏦',
      last_name: '中村',
    });
  });

  it('refuses a taken username with 409', async () => {
    const { username } = await directory.createUser();
    await expect(create(userBody({ username }))).rejects.toMatchObject({ failure: Failure.FAILURE_USERNAME_TAKEN });
    await expect(create(userBody({ username: 'admin.user' }))).rejects.toMatchObject({
      failure: Failure.FAILURE_USERNAME_TAKEN,
    });
  });

  it('lets one of ten parallel calls with one username succeed', async () => {
    const username = newName('user');
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => create(userBody({ username }))));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    for (const reason of reasons) expect(reason).toMatchObject({ failure: Failure.FAILURE_USERNAME_TAKEN });
    expect(await directory.rows('select from app_user where username = $1', [username])).toHaveLength(1);
  });

  it.each([
    ['username', { username: 'short.x' }],
    ['username', { username: 'with blank' }],
    ['username', { username: 'x'.repeat(256) }],
    ['username', { username: 'robert\0xuvius' }],
    ['email', { email: '' }],
    ['email', { email: 'no-address' }],
    ['email', { email: `${'x'.repeat(250)}@example.com` }],
    ['first_name', { first_name: '' }],
    ['first_name', { first_name: 'x'.repeat(256) }],
    ['first_name', { first_name: 'NUL\0' }],
    ['last_name', { last_name: '  ' }],
  ])('refuses a bad %s, naming it, and stores nothing', async (field, change) => {
    const before = await countUsers();
    await expect(create(userBody(change))).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_JSON_FORMAT,
      detail: expect.stringMatching(new RegExp(`^ ${field} must`)),
    });
    expect(await countUsers()).toBe(before);
  });

  it.each(['', 'too short', 'x'.repeat(513), 'NUL in a long password\0'])(
    'refuses the weak password %#, never repeating it',
    async (password) => {
      const before = await countUsers();
      await expect(create(userBody({ password }))).rejects.toMatchObject({
        failure: Failure.FAILURE_INVALID_PASSWORD_FORMAT,
        detail: '',
      });
      expect(await countUsers()).toBe(before);
    },
  );

  it('refuses a call without a body', async () => {
    await expect(create(undefined)).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
  });
});

describe('getCurrentUser', () => {
  it('answers with the user, the entitlements by role and bank, and no views', async () => {
    const admin = await directory.admin();
    const user = await directory.createUser();
    const first = await directory.addEntitlement(admin.user_id, user.user_id, 'CanGetAnyUser');
    const second = await directory.addEntitlement(admin.user_id, user.user_id, 'CanCreateBank');
    const current = await directory.peer.call(methods.getCurrentUser, {}, asUser(user.user_id));
    expect(current).toEqual({ ...user, entitlements: { list: [second, first] }, views: { list: [] } });
  });

  it('shows a super admin like others', async () => {
    const { user_id } = await directory.admin();
    const current = await directory.peer.call(methods.getCurrentUser, {}, asUser(user_id));
    expect(current).toMatchObject({ username: 'admin.user', entitlements: { list: [] } });
  });

  it('finds no deleted or unknown user', async () => {
    const { user_id } = await directory.createUser();
    await directory.rows('update app_user set is_deleted = true where user_id = $1', [user_id]);
    for (const id of [user_id, 'unknown']) {
      const call = directory.peer.call(methods.getCurrentUser, {}, asUser(id));
      await expect(call).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_NOT_FOUND,
        detail: ` Current USER_ID(${id})`,
      });
    }
  });

  it('needs a user', async () => {
    await expect(directory.peer.call(methods.getCurrentUser, {}, context())).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_LOGGED_IN,
    });
  });
});

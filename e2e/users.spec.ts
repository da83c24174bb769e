import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectRefusal } from './operations.js';
import { expectStatus, type Person, type Platform, startOwnPlatform, unique } from './platform.js';

let platform: Platform;
let keeper: Person;
beforeAll(async () => {
  platform = await startOwnPlatform();
  keeper = await platform.person(
    'CanGetAnyUser',
    'CanGetConsumers',
    'CanReadUserLockedStatus',
    'CanGetEntitlementsForAnyUserAtAnyBank',
    'CanCreateEntitlementAtAnyBank',
  );
});
afterAll(() => platform.close());

const get = async (path: string, token = keeper.token) =>
  (await expectStatus(200, platform.call('GET', path, { token }))).json;
const superAdmin = { entitlement_id: '', role_name: 'SuperAdmin', bank_id: '' };

describe('a user that others read', () => {
  const keys = [
    'user_id',
    'email',
    'provider_id',
    'provider',
    'username',
    'entitlements',
    'is_deleted',
    'last_marketing_agreement_signed_date',
    'is_locked',
  ];

  it('has the keys of live servers, by its id with agreements', async () => {
    const byId = await get(`/users/user_id/${keeper.user_id}`);
    expect(Object.keys(byId)).toEqual([...keys.slice(0, 6), 'agreements', ...keys.slice(6)]);
    expect(byId).toMatchObject({
      agreements: [],
      is_deleted: false,
      last_marketing_agreement_signed_date: null,
      is_locked: false,
    });
    const { provider, username, email } = byId as Record<string, string>;
    expect(
      Object.keys(await get(`/users/provider/${encodeURIComponent(provider ?? '')}/username/${username}`)),
    ).toEqual(keys);
    for (const path of [`/users/email/${email}/terminator`, '/users'])
      expect(Object.keys(((await get(path)) as { users: object[] }).users[0] ?? {})).toEqual(keys);
  });

  it('is found by its address alone too', async () => {
    const { email, username } = (await get('/users/current')) as Record<string, string>;
    for (const version of ['v2.0.0', 'v3.1.0', 'v5.1.0']) {
      const { json } = await expectStatus(
        200,
        platform.send('GET', `/obp/${version}/users/${email}`, { headers: { DirectLogin: `token=${keeper.token}` } }),
      );
      const found = (json as { users: { username: string }[] }).users.find((user) => user.username === username);
      expect(Object.keys(found ?? {})).toEqual(keys.slice(0, 6));
    }
    expect((await get('/users/nobody@nowhere.example.com')).users).toEqual([]);
    expectRefusal(
      await platform.call('GET', `/users/${email}`, { token: (await platform.person()).token }),
      403,
      'OBP-20006: User is missing one or more roles: CanGetAnyUser',
    );
  });

  it('is listed in the order of creation', async () => {
    const made = [];
    for (let count = 0; count < 4; count += 1) made.push((await platform.person()).user_id);
    const list = ((await get('/users?limit=1000')) as { users: { user_id: string }[] }).users.map(
      ({ user_id }) => user_id,
    );
    expect(list.slice(-4)).toEqual(made);
    expect(
      ((await get(`/users?limit=2&offset=${list.length - 3}`)) as { users: { user_id: string }[] }).users.map(
        ({ user_id }) => user_id,
      ),
    ).toEqual(made.slice(1, 3));
  });
});

describe('what one holds', () => {
  it('is the newest grant first, and says of super admins only to those who look at them', async () => {
    const grant = (role_name: string) =>
      expectStatus(
        201,
        platform.call('POST', `/users/${keeper.user_id}/entitlements`, {
          token: keeper.token,
          body: { role_name, bank_id: '' },
        }),
      );
    for (const role of ['CanGetConfig', 'CanCreateBank', 'CanReadGlossary']) await grant(role);
    for (const path of ['/users/current', '/my/entitlements']) {
      const json = await get(path);
      const list = ((path === '/users/current' ? json.entitlements : json) as { list: { role_name: string }[] }).list;
      expect(list.slice(0, 3).map(({ role_name }) => role_name)).toEqual([
        'CanReadGlossary',
        'CanCreateBank',
        'CanGetConfig',
      ]);
    }
    const admin = platform.admin;
    for (const path of ['/users/current', '/my/entitlements'])
      expect(JSON.stringify(await get(path, admin.token))).not.toContain('SuperAdmin');
    const { user_id } = await get('/users/current', admin.token);
    expect((await get(`/users/${String(user_id)}/entitlements`)).list).toContainEqual(superAdmin);
  });

  it('may be any role that live servers know, of its kind, and no other', async () => {
    const grant = (role_name: string, bank_id: string) =>
      platform.call('POST', `/users/${keeper.user_id}/entitlements`, {
        token: keeper.token,
        body: { role_name, bank_id },
      });
    const bank_id = await platform.bank();
    await expectStatus(201, grant('CanCreateBranch', bank_id));
    await expectStatus(201, grant('CanReadMetrics', ''));
    expectRefusal(await grant('CanReadMetrics', bank_id), 400, /^OBP-30206: /);
    expectRefusal(await grant('CanCreateBranch', ''), 400, /^OBP-30205: /);
    expectRefusal(await grant('CanFly', ''), 400, /^OBP-10007: Incorrect Role name:CanFly/);
    expectRefusal(
      await grant('CanCreateBranch', 'no.bank'),
      404,
      'OBP-30001: Bank not found. Please specify a valid value for BANK_ID.',
    );
    const roles = (await get('/roles')).roles as { role: string; requires_bank_id: boolean }[];
    expect(roles).toEqual(
      expect.arrayContaining([
        { role: 'CanCreateBranch', requires_bank_id: true },
        { role: 'CanReadMetrics', requires_bank_id: false },
      ]),
    );
    expect(roles.length).toBeGreaterThanOrEqual(306);
    await expectStatus(
      201,
      platform.call('POST', '/entitlement-requests', {
        token: keeper.token,
        body: { role_name: 'CanCreateAtm', bank_id },
      }),
    );
  });
});

it('an application is read without its key', async () => {
  const keys = [
    'consumer_id',
    'app_name',
    'app_type',
    'description',
    'developer_email',
    'redirect_url',
    'created_by_user',
    'enabled',
    'created',
  ];
  const [first] = ((await get('/management/consumers')) as { consumers: Record<string, string>[] }).consumers;
  expect(Object.keys(first ?? {})).toEqual(keys);
  expect(Object.keys(await get(`/management/consumers/${first?.['consumer_id'] ?? ''}`))).toEqual(keys);
});

it('a user without bad logins has none, as of now', async () => {
  const { provider, username } = (await get('/users/current')) as Record<string, string>;
  const of = (name: string) => `/users/${encodeURIComponent(provider ?? '')}/${name}/lock-status`;
  const { last_failure_date, ...rest } = await get(of(username ?? ''));
  // The successful login before was not counted.
  expect(rest).toEqual({ username, bad_attempts_since_last_success_or_reset: 0 });
  expect(Math.abs(Date.parse(String(last_failure_date)) - Date.now())).toBeLessThan(60_000);
  expectRefusal(
    await platform.call('GET', of('nobody.here'), { token: keeper.token }),
    404,
    'OBP-20027: User not found by provider and username.',
  );
});

it.each([
  ['/users', { email: 'x' }],
  ['/users', []],
])('a body of another shape for %s is refused in two words', async (path, body) => {
  expectRefusal(await platform.call('POST', path, { body }), 400, 'OBP-10001: Incorrect json format.');
});

it('an API collection exists once for a user', async () => {
  const body = { api_collection_name: `mine.${unique()}`, is_sharable: false };
  await expectStatus(201, platform.call('POST', '/my/api-collections', { token: keeper.token, body }));
  expectRefusal(
    await platform.call('POST', '/my/api-collections', { token: keeper.token, body }),
    400,
    `OBP-30086: ApiCollection already exists. Current api_collection_name(${body.api_collection_name}) is already existing for the log in user.`,
  );
});

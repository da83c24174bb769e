import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type CreateEntitlementJSON,
  type EntitlementV310,
  type EntitlementV400,
  Failure,
  Role,
  type UserV200,
} from '@platform/messages';
import { all, asUser, context, methods, newName, outcomes, startDirectory } from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
let admin_id: string;
let bank_id: string;
let user: UserV200;
beforeAll(async () => {
  directory = await startDirectory();
  admin_id = (await directory.admin()).user_id;
  bank_id = (await directory.createBank(admin_id)).id;
});
afterAll(() => directory.close());
beforeEach(async () => {
  user = await directory.createUser();
});

const anyBank = () => asUser(admin_id, [Role.ROLE_CAN_GET_ENTITLEMENTS_FOR_ANY_USER_AT_ANY_BANK]);
const atBank = (bank = bank_id, role = Role.ROLE_CAN_GET_ENTITLEMENTS_FOR_ANY_USER_AT_ONE_BANK) =>
  asUser(admin_id, [role], bank);
const superAdmin = { entitlement_id: '', role_name: 'SuperAdmin', bank_id: '' };
const grant = (role: string, at = '', to = user.user_id) => directory.addEntitlement(admin_id, to, role, at);
let minutes = 0;
/** Grants three roles, a minute apart, all later than any before. */
const granted = async () => {
  const list = [
    await grant('CanGetCustomer', bank_id),
    await grant('CanCreateBank'),
    await grant('CanAddSocialMediaHandle', bank_id),
  ];
  for (const { entitlement_id } of list) {
    minutes += 1;
    await directory.rows(
      "update entitlement set created_at = now() + $2 * interval '1 minute' where entitlement_id = $1",
      [entitlement_id, minutes],
    );
  }
  return list.reverse();
};
const ofUser = async (user_id: string) =>
  (await directory.peer.call(methods.getEntitlementsOfUser, { user_id }, anyBank())).list;
const ofUserAtBank = async (user_id: string, bank = bank_id) =>
  (await directory.peer.call(methods.getEntitlementsByBankAndUser, { user_id, bank_id: bank }, atBank(bank))).list;
const ofBank = async (bank: string): Promise<EntitlementV400[]> =>
  (
    await all(
      directory.peer.stream(
        methods.getEntitlementsForBank,
        { bank_id: bank },
        atBank(bank, Role.ROLE_CAN_GET_ENTITLEMENTS_FOR_ONE_BANK),
      ),
    )
  ).flatMap(({ list }) => list);
const ofAll = async (role?: string): Promise<EntitlementV310[]> =>
  (await all(directory.peer.stream(methods.getAllEntitlements, { role }, anyBank()))).flatMap(({ list }) => list);

describe('the entitlements of a user', () => {
  it('are listed granted last first; an unknown user has none', async () => {
    expect(await ofUser(user.user_id)).toEqual([]);
    expect(await ofUser(admin_id)).toContainEqual(superAdmin);
    const list = await granted();
    expect(await ofUser(user.user_id)).toEqual(list);
    for (const nobody of ['unknown', '', 'NUL\0']) expect(await ofUser(nobody)).toEqual([]);
  });

  it('at a bank are those of that bank alone, and that of a super admin', async () => {
    const list = await granted();
    expect(await ofUserAtBank(user.user_id)).toEqual(list.filter((one) => one.bank_id === bank_id));
    expect(await ofUserAtBank(user.user_id, 'another')).toEqual([]);
    expect((await ofUserAtBank(admin_id)).at(-1)).toEqual(superAdmin);
    for (const nobody of ['unknown', 'NUL\0']) {
      await expect(ofUserAtBank(nobody)).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_NOT_FOUND,
        detail: ` Current USER_ID(${nobody})`,
      });
    }
  });

  it('come with the user itself, and with no views', async () => {
    const list = await granted();
    const read = (user_id: string) =>
      directory.peer.call(methods.getEntitlementsAndPermissions, { user_id }, anyBank());
    expect(await read(user.user_id)).toEqual({ ...user, entitlements: { list }, views: { list: [] } });
    for (const nobody of ['unknown', '']) {
      await expect(read(nobody)).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_NOT_FOUND_BY_ID,
        detail: ` Current UserId(${nobody})`,
      });
    }
  });

  it('are for holders of the roles', async () => {
    const calls = [
      directory.peer.call(methods.getEntitlementsOfUser, { user_id: admin_id }, asUser(user.user_id)),
      directory.peer.call(
        methods.getEntitlementsByBankAndUser,
        { user_id: admin_id, bank_id },
        asUser(user.user_id, [], bank_id),
      ),
      directory.peer.call(methods.getEntitlementsAndPermissions, { user_id: admin_id }, asUser(user.user_id)),
      all<unknown>(
        directory.peer.stream(methods.getEntitlementsForBank, { bank_id }, asUser(user.user_id, [], bank_id)),
      ),
      all<unknown>(directory.peer.stream(methods.getAllEntitlements, {}, asUser(user.user_id))),
    ];
    for (const result of await Promise.allSettled(calls))
      expect(result).toMatchObject({ reason: { failure: Failure.FAILURE_USER_HAS_MISSING_ROLES } });
  });
});

describe('the entitlements of all users', () => {
  it('at a bank are listed with the users, granted last first', async () => {
    const list = await granted();
    const expected = list.filter((one) => one.bank_id === bank_id).map((one) => ({ ...one, user_id: user.user_id }));
    expect((await ofBank(bank_id)).slice(0, 2)).toEqual(expected);
    expect((await ofBank(bank_id)).every((one) => one.bank_id === bank_id)).toBe(true);
    expect(
      await all(
        directory.peer.stream(
          methods.getEntitlementsForBank,
          { bank_id: 'unknown' },
          atBank('unknown', Role.ROLE_CAN_GET_ENTITLEMENTS_FOR_ONE_BANK),
        ),
      ),
    ).toEqual([{ list: [] }]);
  });

  it('at all banks are listed with the names, all or those of one role', async () => {
    const [social, createBank] = await granted();
    const of = { user_id: user.user_id, username: user.username };
    expect((await ofAll()).slice(0, 2)).toEqual([
      { ...social, ...of },
      { ...createBank, ...of },
    ]);
    expect((await ofAll('')).length).toBe((await ofAll()).length);
    expect((await ofAll('CanCreateBank'))[0]).toEqual({ ...createBank, ...of });
    expect((await ofAll('CanCreateBank')).every(({ role_name }) => role_name === 'CanCreateBank')).toBe(true);
    for (const nothing of ['CanFly', 'NUL\0', 'x'.repeat(300)]) expect(await ofAll(nothing)).toEqual([]);
  });

  it('go on over many pages, each once, also those of one second', async () => {
    const bank = newName('large');
    await directory.rows(
      "insert into entitlement select $1::text || n, $2, 'CanGetCustomers' || n, $1, 'manual', now() + n / 600 * interval '1 second' from generate_series(1, 1300) n",
      [bank, user.user_id],
    );
    const messages = await all(
      directory.peer.stream(
        methods.getEntitlementsForBank,
        { bank_id: bank },
        atBank(bank, Role.ROLE_CAN_GET_ENTITLEMENTS_FOR_ONE_BANK),
      ),
    );
    expect(messages.map(({ list }) => list.length)).toEqual([500, 500, 300]);
    expect(new Set(messages.flatMap(({ list }) => list.map(({ entitlement_id }) => entitlement_id))).size).toBe(1_300);
    expect((await ofAll()).filter((one) => one.bank_id === bank)).toHaveLength(1_300);
    await directory.rows('delete from entitlement where bank_id = $1', [bank]);
  });
});

describe('getRoles', () => {
  it('lists every role by name', async () => {
    const { roles } = await directory.peer.call(methods.getRoles, {}, asUser(user.user_id));
    const names = roles.map(({ role }) => role);
    expect(names).toEqual([...names].sort());
    expect(names.length).toBeGreaterThan(90);
    expect(roles).toEqual(
      expect.arrayContaining([
        { role: 'CanGetCustomer', requires_bank_id: true },
        { role: 'CanCreateBank', requires_bank_id: false },
      ]),
    );
    await expect(directory.peer.call(methods.getRoles, {}, context())).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_LOGGED_IN,
    });
  });
});

describe('createUserWithRoles', () => {
  const provider = 'dauth.example';
  const make = (roles: CreateEntitlementJSON[], change: object = {}, as = admin_id) =>
    directory.peer.call(
      methods.createUserWithRoles,
      { body: { username: newName('dauth'), provider, roles, ...change } },
      asUser(as),
    );
  const role = (role_name: string, at = ''): CreateEntitlementJSON => ({ role_name, bank_id: at });
  const found = (username: string) =>
    directory.rows(
      'select user_id, email, password_hash, is_validated from app_user where provider = $1 and username = $2',
      [provider, username],
    );

  beforeAll(async () => {
    await directory.addEntitlement(admin_id, admin_id, 'CanCreateEntitlementAtAnyBank');
  });

  it('makes the user and grants the roles', async () => {
    const username = newName('dauth');
    const { list } = await make([role('CanGetCustomer', bank_id), role('CanCreateBank')], { username });
    expect(list).toEqual([
      expect.objectContaining({ role_name: 'CanGetCustomer', bank_id }),
      expect.objectContaining({ role_name: 'CanCreateBank', bank_id: '' }),
    ]);
    const [made] = await found(username);
    expect(made).toMatchObject({ email: '', password_hash: null, is_validated: true });
    expect(new Set((await ofUser(made?.['user_id'] as string)).map(({ entitlement_id }) => entitlement_id))).toEqual(
      new Set(list.map(({ entitlement_id }) => entitlement_id)),
    );
  });

  it('finds a user that is there, and grants all roles or none', async () => {
    const username = newName('dauth');
    await make([role('CanCreateBank')], { username });
    expect((await make([role('CanGetAnyUser')], { username })).list).toHaveLength(1);
    await expect(make([role('CanLockUser'), role('CanCreateBank')], { username })).rejects.toMatchObject({
      failure: Failure.FAILURE_ENTITLEMENT_EXISTS,
    });
    const users = await found(username);
    expect(users).toHaveLength(1);
    expect(await ofUser(users[0]?.['user_id'] as string)).toHaveLength(2);
    await expect(make([role('CanLockUser'), role('CanLockUser')])).rejects.toMatchObject({
      failure: Failure.FAILURE_ENTITLEMENT_EXISTS,
    });
    expect(await make([])).toEqual({ list: [] });
  });

  it('lets nobody give what it does not hold at that bank', async () => {
    const giver = user.user_id;
    const username = newName('dauth');
    await grant('CanGetCustomer', bank_id);
    await expect(
      make([role('CanGetCustomer', bank_id), role('CanCreateBank')], { username }, giver),
    ).rejects.toMatchObject({ failure: Failure.FAILURE_ENTITLEMENT_CANNOT_BE_GRANTED });
    const other = (await directory.createBank(admin_id)).id;
    await expect(make([role('CanGetCustomer', other)], { username }, giver)).rejects.toMatchObject({
      failure: Failure.FAILURE_ENTITLEMENT_CANNOT_BE_GRANTED,
    });
    expect(await found(username)).toEqual([]);
    expect((await make([role('CanGetCustomer', bank_id)], { username }, giver)).list).toHaveLength(1);
  });

  it.each<[string, object, Failure]>([
    ['a provider that is not DAuth', { provider: 'http://127.0.0.1:8080' }, Failure.FAILURE_INVALID_JSON_FORMAT],
    ['an empty name', { username: '' }, Failure.FAILURE_INVALID_JSON_FORMAT],
    ['a long name', { username: 'x'.repeat(256) }, Failure.FAILURE_INVALID_JSON_FORMAT],
    ['NUL in the provider', { provider: 'dauth.\0' }, Failure.FAILURE_INVALID_JSON_FORMAT],
    ['an unknown role', { roles: [role('CanFly')] }, Failure.FAILURE_INCORRECT_ROLE_NAME],
    ['a bank role at no bank', { roles: [role('CanGetCustomer')] }, Failure.FAILURE_ENTITLEMENT_IS_BANK_ROLE],
    [
      'a system role at a bank',
      { roles: [role('CanCreateBank', 'some.bank')] },
      Failure.FAILURE_ENTITLEMENT_IS_SYSTEM_ROLE,
    ],
    ['an unknown bank', { roles: [role('CanGetCustomer', 'no.bank')] }, Failure.FAILURE_BANK_NOT_FOUND],
    [
      'a thousand and one roles',
      { roles: Array(1_001).fill(role('CanCreateBank')) },
      Failure.FAILURE_INVALID_JSON_FORMAT,
    ],
  ])('refuses %s and makes nobody', async (_situation, change, failure) => {
    const before = await directory.rows('select from app_user');
    await expect(make([], change)).rejects.toMatchObject({ failure });
    expect(await directory.rows('select from app_user')).toHaveLength(before.length);
  });

  it('refuses a call without a body or a user', async () => {
    await expect(
      directory.peer.call(methods.createUserWithRoles, { body: null }, asUser(admin_id)),
    ).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
    await expect(make([role('CanCreateBank')], {}, 'unknown')).rejects.toMatchObject({
      failure: Failure.FAILURE_ENTITLEMENT_CANNOT_BE_GRANTED,
    });
  });

  it('makes one user in eight parallel calls', async () => {
    const username = newName('dauth');
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => make([role('CanCreateBank')], { username })),
    );
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_ENTITLEMENT_EXISTS] });
    expect(await found(username)).toHaveLength(1);
  });
});

describe('a directory that gives roles to new users', () => {
  it('grants them to each, once', async () => {
    const generous = await startDirectory({ new_user_roles: [Role.ROLE_CAN_GET_ANY_USER, Role.ROLE_CAN_CREATE_BANK] });
    try {
      const made = await generous.createUser();
      expect(made.entitlements?.list.map(({ role_name, bank_id: at }) => [role_name, at])).toEqual([
        ['CanCreateBank', ''],
        ['CanGetAnyUser', ''],
      ]);
      expect(await generous.entitlements(made.user_id)).toEqual(made.entitlements?.list);
      expect(
        await generous.rows('select distinct created_by_process from entitlement where user_id = $1', [made.user_id]),
      ).toEqual([{ created_by_process: 'new_user_entitlement_list' }]);
      const granter = (await generous.admin()).user_id;
      await generous.addEntitlement(granter, granter, 'CanCreateEntitlementAtAnyBank');
      const body = {
        username: 'dauth.user',
        provider: 'dauth.x',
        roles: [{ role_name: 'CanCreateBank', bank_id: '' }],
      };
      expect((await generous.peer.call(methods.createUserWithRoles, { body }, asUser(granter))).list).toHaveLength(1);
      const held = await generous.rows(
        "select role_name from entitlement e join app_user u using (user_id) where u.username = 'dauth.user' order by 1",
      );
      expect(held).toEqual([{ role_name: 'CanCreateBank' }, { role_name: 'CanGetAnyUser' }]);
    } finally {
      await generous.close();
    }
  });
});

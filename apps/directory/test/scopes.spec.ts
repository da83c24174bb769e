import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Identity, Failure, Role } from '@platform/messages';
import { asUser, context, methods, newName, outcomes, startDirectory, userPassword } from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
let admin: Identity;
let bank_id: string;
let granter: string;
let consumer_id: string;
beforeAll(async () => {
  directory = await startDirectory();
  admin = await directory.admin();
  bank_id = (await directory.createBank(admin.user_id)).id;
  granter = (await directory.createUser()).user_id;
  await directory.addEntitlement(admin.user_id, granter, 'CanCreateScopeAtAnyBank');
});
afterAll(() => directory.close());
beforeEach(async () => {
  consumer_id = newName('app');
  await directory.rows(
    "insert into consumer (consumer_id, consumer_key, app_name, is_enabled, created_at) values ($1, $1, 'App', true, now())",
    [consumer_id],
  );
});

const add = (role_name: string, at = '', to = consumer_id, as = granter) =>
  directory.peer.call(methods.addScope, { consumer_id: to, body: { role_name, bank_id: at } }, asUser(as));
const list = (of: string, through = admin.consumer_id) =>
  directory.peer.call(
    methods.getScopes,
    { consumer_id: of },
    context({
      user_id: 'staff',
      consumer_id: through,
      roles: [Role.ROLE_CAN_GET_ENTITLEMENTS_FOR_ANY_USER_AT_ANY_BANK],
    }),
  );
const remove = (of: string, scope_id: string) =>
  directory.peer.call(
    methods.deleteScope,
    { consumer_id: of, scope_id },
    asUser('staff', [Role.ROLE_CAN_DELETE_SCOPE_AT_ANY_BANK]),
  );
const stored = () =>
  directory.rows('select scope_id, role_name, bank_id from scope where consumer_id = $1', [consumer_id]);

describe('addScope', () => {
  it('gives an application a role at a bank and a system role, which come with its callers', async () => {
    const bankScope = await add('CanGetCustomer', bank_id);
    const systemScope = await add('CanGetAnyUser');
    expect(bankScope).toEqual({
      scope_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      role_name: 'CanGetCustomer',
      bank_id,
    });
    expect(await stored()).toEqual(expect.arrayContaining([bankScope, systemScope]));
    const { username } = await directory.createUser();
    const caller = await directory.resolve(await directory.logIn(username, userPassword, consumer_id));
    expect(caller.scopes).toEqual(
      expect.arrayContaining([
        { role: Role.ROLE_CAN_GET_CUSTOMER, bank_id },
        { role: Role.ROLE_CAN_GET_ANY_USER, bank_id: '' },
      ]),
    );
  });

  it('is open to a holder of CanCreateScopeAtOneBank at that bank alone', async () => {
    const clerk = (await directory.createUser()).user_id;
    await directory.addEntitlement(admin.user_id, clerk, 'CanCreateScopeAtOneBank', bank_id);
    expect(await add('CanGetCustomer', bank_id, consumer_id, clerk)).toMatchObject({ bank_id });
    const other = (await directory.createBank(admin.user_id)).id;
    await expect(add('CanGetCustomer', other, consumer_id, clerk)).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: `CanCreateScopeAtOneBank or CanCreateScopeAtAnyBank for BankId(${other}).`,
    });
    await expect(add('CanGetAnyUser', '', consumer_id, clerk)).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: 'CanCreateScopeAtAnyBank',
    });
    await expect(add('CanGetAnyUser', '', consumer_id, admin.user_id)).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
    });
  });

  it('checks body, application, role name, role kind, authority, bank in this order', async () => {
    const failure = (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        (error: { failure: Failure }) => error.failure,
      );
    expect(await failure(add('x'.repeat(256), '', 'unknown', 'nobody'))).toBe(Failure.FAILURE_INVALID_JSON_FORMAT);
    for (const nobody of ['unknown', '', 'NUL\0']) {
      await expect(add('CanFly', '', nobody, 'nobody')).rejects.toMatchObject({
        failure: Failure.FAILURE_CONSUMER_NOT_FOUND,
        detail: ` Current ConsumerId is ${nobody}`,
      });
    }
    expect(await failure(add('CanFly', '', consumer_id, 'nobody'))).toBe(Failure.FAILURE_INCORRECT_ROLE_NAME);
    expect(await failure(add('CanGetCustomer', '', consumer_id, 'nobody'))).toBe(
      Failure.FAILURE_ENTITLEMENT_IS_BANK_ROLE,
    );
    expect(await failure(add('CanGetAnyUser', 'no.bank', consumer_id, 'nobody'))).toBe(
      Failure.FAILURE_ENTITLEMENT_IS_SYSTEM_ROLE,
    );
    expect(await failure(add('CanGetCustomer', 'no.bank', consumer_id, 'nobody'))).toBe(
      Failure.FAILURE_USER_HAS_MISSING_ROLES,
    );
    for (const bank of ['no.bank', 'no bank'])
      expect(await failure(add('CanGetCustomer', bank))).toBe(Failure.FAILURE_BANK_NOT_FOUND);
    expect(await failure(directory.peer.call(methods.addScope, { consumer_id, body: null }, asUser(granter)))).toBe(
      Failure.FAILURE_INVALID_JSON_FORMAT,
    );
    expect(await stored()).toEqual([]);
  });

  it('gives a role once, also to ten in parallel', async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => add('CanGetCustomer', bank_id)));
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_ENTITLEMENT_EXISTS] });
    expect(await stored()).toHaveLength(1);
  });
});

describe('getScopes', () => {
  it("lists an application's own, given last first", async () => {
    const first = await add('CanGetCustomer', bank_id);
    await directory.rows("update scope set created_at = now() - interval '1 minute' where scope_id = $1", [
      first.scope_id,
    ]);
    const second = await add('CanGetAnyUser');
    expect(await list(consumer_id)).toEqual({ list: [second, first] });
    expect(await list(admin.consumer_id)).toEqual({ list: [] });
  });

  it('needs a caller with an application, a known application, and its role', async () => {
    for (const through of ['', 'unknown'])
      await expect(list('unknown', through)).rejects.toMatchObject({
        failure: Failure.FAILURE_INVALID_CONSUMER_CREDENTIALS,
      });
    await expect(list('unknown')).rejects.toMatchObject({
      failure: Failure.FAILURE_CONSUMER_NOT_FOUND,
      detail: ' Current ConsumerId is unknown',
    });
    const call = directory.peer.call(methods.getScopes, { consumer_id }, asUser('staff'));
    await expect(call).rejects.toMatchObject({ failure: Failure.FAILURE_USER_HAS_MISSING_ROLES });
  });
});

describe('deleteScope', () => {
  it('answers true once, also in parallel; the role can be given again', async () => {
    const { scope_id } = await add('CanGetCustomer', bank_id);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => remove(consumer_id, scope_id)));
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_SCOPE_NOT_FOUND] });
    expect(await stored()).toEqual([]);
    expect(await remove(consumer_id, (await add('CanGetCustomer', bank_id)).scope_id)).toEqual({ value: true });
  });

  it('finds no scope of another application and no unknown one; needs its role', async () => {
    const { scope_id } = await add('CanGetCustomer', bank_id);
    await expect(remove(admin.consumer_id, scope_id)).rejects.toMatchObject({
      failure: Failure.FAILURE_SCOPE_NOT_FOUND,
    });
    for (const id of ['unknown', '', 'NUL\0'])
      await expect(remove(consumer_id, id)).rejects.toMatchObject({ failure: Failure.FAILURE_SCOPE_NOT_FOUND });
    await expect(remove('unknown', scope_id)).rejects.toMatchObject({ failure: Failure.FAILURE_CONSUMER_NOT_FOUND });
    const call = directory.peer.call(methods.deleteScope, { consumer_id, scope_id }, asUser('staff'));
    await expect(call).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: 'CanDeleteScopeAtAnyBank',
    });
    expect(await stored()).toHaveLength(1);
  });
});

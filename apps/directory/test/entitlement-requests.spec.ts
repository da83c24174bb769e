import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type EntitlementRequest, Failure, Role, type UserV200 } from '@platform/messages';
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

const staff = () =>
  asUser(admin_id, [
    Role.ROLE_CAN_GET_ENTITLEMENT_REQUESTS_AT_ANY_BANK,
    Role.ROLE_CAN_DELETE_ENTITLEMENT_REQUESTS_AT_ANY_BANK,
  ]);
const ask = (role_name: string, at = '', as = user.user_id) =>
  directory.peer.call(methods.addEntitlementRequest, { body: { role_name, bank_id: at } }, asUser(as));
const requests = (messages: { entitlement_requests: EntitlementRequest[] }[]) =>
  messages.flatMap(({ entitlement_requests }) => entitlement_requests);
const allOf = async () => requests(await all(directory.peer.stream(methods.getAllEntitlementRequests, {}, staff())));
const listOf = async (user_id: string) =>
  requests(await all(directory.peer.stream(methods.getEntitlementRequests, { user_id }, staff())));
const mine = async (user_id: string) =>
  requests(await all(directory.peer.stream(methods.getMyEntitlementRequests, {}, asUser(user_id))));
const remove = (entitlement_request_id: string) =>
  directory.peer.call(methods.deleteEntitlementRequest, { entitlement_request_id }, staff());
const stored = () =>
  directory.rows('select role_name, bank_id from entitlement_request where user_id = $1', [user.user_id]);

describe('addEntitlementRequest', () => {
  it('keeps what the user asks for, with the user and what it holds', async () => {
    const entitlement = await directory.addEntitlement(admin_id, user.user_id, 'CanGetAnyUser');
    const request = await ask('CanGetCustomer', bank_id);
    expect(request).toEqual({
      entitlement_request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      user: { ...user, entitlements: { list: [entitlement] } },
      role_name: 'CanGetCustomer',
      bank_id,
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(await ask('CanCreateBank')).toMatchObject({ role_name: 'CanCreateBank', bank_id: '' });
    expect(await stored()).toHaveLength(2);
  });

  it.each([
    ['no.bank', 'CanFly', Failure.FAILURE_BANK_NOT_FOUND],
    ['no bank', 'CanGetCustomer', Failure.FAILURE_BANK_NOT_FOUND],
    ['', 'CanFly', Failure.FAILURE_INCORRECT_ROLE_NAME],
    ['', 'CanGetCustomer', Failure.FAILURE_ENTITLEMENT_IS_BANK_ROLE],
    ['here', 'CanGetAnyUser', Failure.FAILURE_ENTITLEMENT_IS_SYSTEM_ROLE],
    ['NUL\0', 'CanGetAnyUser', Failure.FAILURE_INVALID_JSON_FORMAT],
    ['', 'x'.repeat(256), Failure.FAILURE_INVALID_JSON_FORMAT],
  ])('refuses at %j the role %s', async (at, role, failure) => {
    await expect(ask(role, at === 'here' ? bank_id : at)).rejects.toMatchObject({ failure });
    expect(await stored()).toEqual([]);
  });

  it('refuses a call without a body, without a user and of a deleted user', async () => {
    await expect(
      directory.peer.call(methods.addEntitlementRequest, { body: null }, asUser(user.user_id)),
    ).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
    const body = { role_name: 'CanCreateBank', bank_id: '' };
    await expect(directory.peer.call(methods.addEntitlementRequest, { body }, context())).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_LOGGED_IN,
    });
    await expect(ask('CanCreateBank', '', 'unknown')).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_LOGGED_IN,
    });
  });

  it('takes one of ten parallel calls for one role', async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => ask('CanGetCustomer', bank_id)));
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_ENTITLEMENT_REQUEST_EXISTS] });
    expect(await stored()).toHaveLength(1);
    const other = (await directory.createUser()).user_id;
    expect(await ask('CanGetCustomer', bank_id, other)).toMatchObject({ user: { user_id: other } });
  });
});

describe('the lists', () => {
  it('have the newest first: all, those of a user, those of the caller', async () => {
    const first = await ask('CanGetCustomer', bank_id);
    const foreign = await ask('CanGetCustomer', bank_id, (await directory.createUser()).user_id);
    const second = await ask('CanCreateBank');
    expect(await mine(user.user_id)).toEqual([second, first]);
    expect(await listOf(user.user_id)).toEqual([second, first]);
    expect((await allOf()).slice(0, 3)).toEqual([second, foreign, first]);
    for (const nobody of ['unknown', '', 'NUL\0']) expect(await listOf(nobody)).toEqual([]);
    expect(await all(directory.peer.stream(methods.getMyEntitlementRequests, {}, asUser('unknown')))).toEqual([
      { entitlement_requests: [] },
    ]);
  });

  it('go on over many pages and large messages', async () => {
    const heavy = newName('heavy');
    await directory.rows(
      "insert into app_user values ($1, 'p', $1, $1, 'h@example.com', 'H', 'H', null, true, false, false, now())",
      [heavy],
    );
    await directory.rows(
      "insert into entitlement select $1::text || n, $1, 'CanGetCustomer', rpad('bank.' || n, 200, 'x'), 'manual', now() from generate_series(1, 300) n",
      [heavy],
    );
    await directory.rows(
      "insert into entitlement_request select $1::text || lpad(n::text, 4, '0'), $1, 'CanGetCustomers', 'bank.' || n, now() from generate_series(1, 130) n",
      [heavy],
    );
    const messages = await all(directory.peer.stream(methods.getEntitlementRequests, { user_id: heavy }, staff()));
    expect(messages.length).toBeGreaterThan(5);
    const found = requests(messages);
    expect(found.map(({ entitlement_request_id }) => entitlement_request_id)).toEqual(
      Array.from({ length: 130 }, (_, n) => `${heavy}${String(130 - n).padStart(4, '0')}`),
    );
    expect(found.every((request) => request.user?.entitlements?.list.length === 300)).toBe(true);
  });

  it('of others need CanGetEntitlementRequestsAtAnyBank', async () => {
    for (const list of [
      directory.peer.stream(methods.getAllEntitlementRequests, {}, asUser(user.user_id)),
      directory.peer.stream(methods.getEntitlementRequests, { user_id: user.user_id }, asUser(user.user_id)),
    ]) {
      await expect(all<unknown>(list)).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
        detail: 'CanGetEntitlementRequestsAtAnyBank',
      });
    }
  });
});

describe('deleteEntitlementRequest', () => {
  it('answers true once, also in parallel; the role can be asked for again', async () => {
    const { entitlement_request_id } = await ask('CanGetCustomer', bank_id);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => remove(entitlement_request_id)));
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_ENTITLEMENT_REQUEST_NOT_FOUND] });
    expect(await stored()).toEqual([]);
    const again = await ask('CanGetCustomer', bank_id);
    expect(await remove(again.entitlement_request_id)).toEqual({ value: true });
  });

  it('finds no unknown id and needs its role', async () => {
    for (const id of [newName('none'), '', 'NUL\0', 'x'.repeat(256)])
      await expect(remove(id)).rejects.toMatchObject({ failure: Failure.FAILURE_ENTITLEMENT_REQUEST_NOT_FOUND });
    const { entitlement_request_id } = await ask('CanGetCustomer', bank_id);
    const call = directory.peer.call(
      methods.deleteEntitlementRequest,
      { entitlement_request_id },
      asUser(user.user_id),
    );
    await expect(call).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: 'CanDeleteEntitlementRequestsAtAnyBank',
    });
    expect(await stored()).toHaveLength(1);
  });
});

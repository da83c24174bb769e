import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { failureText } from '@platform/failure';
import { Failure, Role } from '@platform/messages';
import { asUser, context, methods, newName, startDirectory } from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
let admin_id: string;
let bank_id: string;
let user_id: string;
beforeAll(async () => {
  directory = await startDirectory();
  admin_id = (await directory.admin()).user_id;
  bank_id = (await directory.createBank(admin_id)).id;
});
afterAll(() => directory.close());
beforeEach(async () => {
  user_id = (await directory.createUser()).user_id;
});

const stored = (id: string) =>
  directory.rows('select entitlement_id, role_name, bank_id from entitlement where user_id = $1', [id]);

describe('addEntitlement', () => {
  it('lets a super admin grant a bank role and a system role', async () => {
    const bankRole = await directory.addEntitlement(admin_id, user_id, 'CanCreateCustomer', bank_id);
    const systemRole = await directory.addEntitlement(admin_id, user_id, 'CanGetAnyUser');
    expect(bankRole).toEqual({
      entitlement_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      role_name: 'CanCreateCustomer',
      bank_id,
    });
    expect(systemRole).toMatchObject({ role_name: 'CanGetAnyUser', bank_id: '' });
    expect(await stored(user_id)).toEqual(expect.arrayContaining([bankRole, systemRole]));
  });

  it('lets a user of the configured list grant without a role', async () => {
    const other = await startDirectory({ super_admin_user_ids: ['listed', 'another'] });
    try {
      await other.rows(
        "insert into app_user values ('listed', 'p', 'listed', 'listed.user', 'l@example.com', 'L', 'L', null, true, false, false, now())",
      );
      const user = await other.createUser();
      expect(await other.addEntitlement('listed', user.user_id, 'CanCreateBank')).toMatchObject({
        role_name: 'CanCreateBank',
      });
      expect(await other.entitlements('listed')).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('lets a holder of CanCreateEntitlementAtOneBank grant at that bank alone', async () => {
    const granter = (await directory.createUser()).user_id;
    await directory.addEntitlement(admin_id, granter, 'CanCreateEntitlementAtOneBank', bank_id);
    expect(await directory.addEntitlement(granter, user_id, 'CanGetCustomer', bank_id)).toMatchObject({ bank_id });
    const other = (await directory.createBank(admin_id)).id;
    for (const [role, at] of [
      ['CanGetCustomer', other],
      ['CanGetAnyUser', ''],
    ] as const) {
      await expect(directory.addEntitlement(granter, user_id, role, at)).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_NOT_SUPER_ADMIN,
      });
    }
  });

  it('lets a holder of CanCreateEntitlementAtAnyBank grant everywhere', async () => {
    const granter = (await directory.createUser()).user_id;
    await directory.addEntitlement(admin_id, granter, 'CanCreateEntitlementAtAnyBank');
    await directory.addEntitlement(granter, user_id, 'CanGetCustomer', bank_id);
    await directory.addEntitlement(granter, user_id, 'CanGetAnyUser');
    expect(await stored(user_id)).toHaveLength(2);
  });

  it('refuses others in the wording of OBP', async () => {
    const stranger = (await directory.createUser()).user_id;
    const refused = await directory
      .addEntitlement(stranger, user_id, 'CanGetCustomer', bank_id)
      .catch((error: { message: string }) => error.message);
    expect(refused).toBe(
      'OBP-20050: Current User is not a Super Admin! orOBP-20006: User is missing one or more roles: CanCreateEntitlementAtOneBank ' +
        `BankId(${bank_id}). orOBP-20006: User is missing one or more roles: CanCreateEntitlementAtAnyBank`,
    );
    await expect(directory.addEntitlement('unknown', user_id, 'CanGetAnyUser')).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_SUPER_ADMIN,
    });
    expect(await stored(user_id)).toEqual([]);
  });

  it('stops when the granting role is revoked', async () => {
    const granter = (await directory.createUser()).user_id;
    const { entitlement_id } = await directory.addEntitlement(admin_id, granter, 'CanCreateEntitlementAtAnyBank');
    await remove(granter, entitlement_id);
    await expect(directory.addEntitlement(granter, user_id, 'CanGetAnyUser')).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_SUPER_ADMIN,
    });
  });

  it('checks body, user, role name, role kind, authority, bank in this order', async () => {
    const stranger = (await directory.createUser()).user_id;
    const refusal = async (caller: string, user: string, role: string, bank: string) => {
      const error = await directory.addEntitlement(caller, user, role, bank).catch((reason: unknown) => reason);
      return error as { failure: Failure; detail: string };
    };
    expect(await refusal(stranger, 'unknown', 'x'.repeat(256), '')).toMatchObject({
      failure: Failure.FAILURE_INVALID_JSON_FORMAT,
    });
    expect(await refusal(stranger, 'unknown', 'CanFly', '')).toMatchObject({
      failure: Failure.FAILURE_USER_NOT_FOUND,
      detail: ' Current USER_ID(unknown)',
    });
    expect(await refusal(stranger, user_id, 'CanFly', '')).toMatchObject({
      failure: Failure.FAILURE_INCORRECT_ROLE_NAME,
      detail: expect.stringMatching(/^CanFly\. Possible roles are CanAddKycCheck, .*CanCreateCustomer, /),
    });
    expect(await refusal(stranger, user_id, 'CanGetCustomer', '')).toMatchObject({
      failure: Failure.FAILURE_ENTITLEMENT_IS_BANK_ROLE,
    });
    expect(await refusal(stranger, user_id, 'CanGetAnyUser', 'no.bank')).toMatchObject({
      failure: Failure.FAILURE_ENTITLEMENT_IS_SYSTEM_ROLE,
    });
    expect(await refusal(stranger, user_id, 'CanGetCustomer', 'no.bank')).toMatchObject({
      failure: Failure.FAILURE_USER_NOT_SUPER_ADMIN,
    });
    for (const bank of ['no.bank', 'no bank']) {
      expect(await refusal(admin_id, user_id, 'CanGetCustomer', bank)).toMatchObject({
        failure: Failure.FAILURE_BANK_NOT_FOUND,
        detail: '',
      });
    }
    expect(await refusal(admin_id, 'with\0nul', 'CanGetAnyUser', '')).toMatchObject({
      failure: Failure.FAILURE_USER_NOT_FOUND,
    });
    expect(await stored(user_id)).toEqual([]);
  });

  it('refuses a deleted user and a call without a body', async () => {
    await directory.rows('update app_user set is_deleted = true where user_id = $1', [user_id]);
    await expect(directory.addEntitlement(admin_id, user_id, 'CanGetAnyUser')).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_FOUND,
    });
    const call = directory.peer.call(methods.addEntitlement, { user_id, body: null }, asUser(admin_id));
    await expect(call).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
  });

  it('lets one of twenty parallel grants of one entitlement succeed; the rest find it there', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => directory.addEntitlement(admin_id, user_id, 'CanGetCustomer', bank_id)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    for (const reason of reasons) expect(reason).toMatchObject({ failure: Failure.FAILURE_ENTITLEMENT_EXISTS });
    expect(await stored(user_id)).toHaveLength(1);
  });
});

describe('getEntitlementsForCurrentUser', () => {
  it("lists the caller's own, by role and bank", async () => {
    await directory.addEntitlement(admin_id, user_id, 'CanGetCustomer', bank_id);
    await directory.addEntitlement(admin_id, user_id, 'CanCreateBank');
    expect(await directory.entitlements(user_id)).toEqual([
      { entitlement_id: expect.any(String), role_name: 'CanCreateBank', bank_id: '' },
      { entitlement_id: expect.any(String), role_name: 'CanGetCustomer', bank_id },
    ]);
  });

  it('says nothing of super admins: those are seen by who looks at another', async () => {
    const list = await directory.entitlements(admin_id);
    expect(list.length).toBeGreaterThan(1);
    expect(list.map(({ role_name }) => role_name)).not.toContain('SuperAdmin');
    expect(await directory.entitlements(user_id)).toEqual([]);
  });
});

const remove = (
  of: string,
  entitlement_id: string,
  as = asUser(admin_id, [Role.ROLE_CAN_DELETE_ENTITLEMENT_AT_ANY_BANK]),
) => directory.peer.call(methods.deleteEntitlement, { user_id: of, entitlement_id }, as);

describe('deleteEntitlement', () => {
  it('takes one role away; it can be granted again', async () => {
    const kept = await directory.addEntitlement(admin_id, user_id, 'CanGetAnyUser');
    const { entitlement_id } = await directory.addEntitlement(admin_id, user_id, 'CanGetCustomer', bank_id);
    expect(await remove(user_id, entitlement_id)).toEqual({});
    expect(await stored(user_id)).toEqual([kept]);
    await directory.addEntitlement(admin_id, user_id, 'CanGetCustomer', bank_id);
    expect(await stored(user_id)).toHaveLength(2);
  });

  it('refuses an unknown id with 404 and one of another user with 400', async () => {
    const { entitlement_id } = await directory.addEntitlement(admin_id, user_id, 'CanGetAnyUser');
    for (const id of [newName('none'), ''])
      await expect(remove(user_id, id)).rejects.toMatchObject({ failure: Failure.FAILURE_ENTITLEMENT_NOT_FOUND });
    for (const id of [admin_id, 'unknown'])
      await expect(remove(id, entitlement_id)).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_DOES_NOT_HAVE_ENTITLEMENT,
      });
    await expect(remove(user_id, 'x'.repeat(256))).rejects.toMatchObject({
      failure: Failure.FAILURE_ENTITLEMENT_NOT_FOUND,
    });
    expect(await stored(user_id)).toHaveLength(1);
  });

  it('finds nothing the second time, also in parallel', async () => {
    const { entitlement_id } = await directory.addEntitlement(admin_id, user_id, 'CanGetAnyUser');
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => remove(user_id, entitlement_id)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(remove(user_id, entitlement_id)).rejects.toMatchObject({
      failure: Failure.FAILURE_ENTITLEMENT_NOT_FOUND,
    });
  });

  it('needs CanDeleteEntitlementAtAnyBank', async () => {
    const { entitlement_id } = await directory.addEntitlement(admin_id, user_id, 'CanGetAnyUser');
    await expect(remove(user_id, entitlement_id, asUser(admin_id))).rejects.toMatchObject({
      message: failureText(Failure.FAILURE_USER_HAS_MISSING_ROLES, 'CanDeleteEntitlementAtAnyBank'),
    });
    await expect(remove(user_id, entitlement_id, context())).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_LOGGED_IN,
    });
    expect(await stored(user_id)).toHaveLength(1);
  });
});

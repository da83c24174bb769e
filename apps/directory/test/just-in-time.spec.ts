import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Failure, Role } from '@platform/messages';
import { asUser, context, methods, startDirectory } from './directory.js';

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

const bankRole = Role.ROLE_CAN_GET_CUSTOMER;
const systemRole = Role.ROLE_CAN_GET_ANY_USER;
const grant = (role: Role, at_bank_id = '', to = user_id) =>
  directory.peer.call(methods.grantJustInTime, { user_id: to, role, at_bank_id, consumer_id: '' }, context());
const granted = () =>
  directory.rows(
    "select role_name, bank_id from entitlement where user_id = $1 and created_by_process = 'create_just_in_time_entitlements' order by role_name",
    [user_id],
  );

describe('GrantJustInTime', () => {
  it('grants a bank role to who may grant at that bank, and no more', async () => {
    await directory.addEntitlement(admin_id, user_id, 'CanCreateEntitlementAtOneBank', bank_id);
    expect(await grant(bankRole, bank_id)).toEqual({});
    expect(await granted()).toEqual([{ role_name: 'CanGetCustomer', bank_id }]);
    const other = (await directory.createBank(admin_id)).id;
    await expect(grant(bankRole, other)).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: `CanGetCustomer for BankId(${other}).`,
    });
    await expect(grant(systemRole)).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: 'CanGetAnyUser',
    });
    expect(await granted()).toHaveLength(1);
  });

  it('grants both kinds to who may grant at any bank', async () => {
    await directory.addEntitlement(admin_id, user_id, 'CanCreateEntitlementAtAnyBank');
    await grant(bankRole, bank_id);
    await grant(systemRole);
    expect(await granted()).toEqual([
      { role_name: 'CanGetAnyUser', bank_id: '' },
      { role_name: 'CanGetCustomer', bank_id },
    ]);
    for (const bank of ['no.bank', 'no bank', 'NUL\0'])
      await expect(grant(bankRole, bank)).rejects.toMatchObject({ failure: Failure.FAILURE_BANK_NOT_FOUND });
  });

  it('is safe to repeat, also in parallel and for a role held already', async () => {
    await directory.addEntitlement(admin_id, user_id, 'CanCreateEntitlementAtAnyBank');
    const { entitlement_id } = await directory.addEntitlement(admin_id, user_id, 'CanCreateBank');
    await Promise.all(Array.from({ length: 10 }, () => grant(bankRole, bank_id)));
    await grant(Role.ROLE_CAN_CREATE_BANK);
    expect(await granted()).toEqual([{ role_name: 'CanGetCustomer', bank_id }]);
    expect(
      await directory.rows(
        "select entitlement_id from entitlement where user_id = $1 and role_name = 'CanCreateBank'",
        [user_id],
      ),
    ).toEqual([{ entitlement_id }]);
  });

  it('looks the authority up afresh: a revoked role, a super admin, a deleted or unknown user grant nothing', async () => {
    const { entitlement_id } = await directory.addEntitlement(admin_id, user_id, 'CanCreateEntitlementAtAnyBank');
    await directory.peer.call(
      methods.deleteEntitlement,
      { user_id, entitlement_id },
      asUser(admin_id, [Role.ROLE_CAN_DELETE_ENTITLEMENT_AT_ANY_BANK]),
    );
    const deleted = (await directory.createUser()).user_id;
    await directory.rows(
      "insert into entitlement values ('left.over', $1, 'CanCreateEntitlementAtAnyBank', '', 'manual', now())",
      [deleted],
    );
    await directory.rows('update app_user set is_deleted = true where user_id = $1', [deleted]);
    for (const id of [user_id, admin_id, deleted, 'unknown', 'NUL\0'])
      await expect(grant(systemRole, '', id)).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      });
    expect(await granted()).toEqual([]);
  });

  it('refuses a role at the wrong place, and what is no role', async () => {
    await directory.addEntitlement(admin_id, user_id, 'CanCreateEntitlementAtAnyBank');
    await expect(grant(bankRole)).rejects.toMatchObject({ failure: Failure.FAILURE_ENTITLEMENT_IS_BANK_ROLE });
    await expect(grant(systemRole, bank_id)).rejects.toMatchObject({
      failure: Failure.FAILURE_ENTITLEMENT_IS_SYSTEM_ROLE,
    });
    for (const role of [Role.ROLE_UNSPECIFIED, 9_999 as Role])
      await expect(grant(role)).rejects.toMatchObject({ failure: Failure.FAILURE_INCORRECT_ROLE_NAME });
  });

  it('is for services only', async () => {
    const call = directory.peer.call(
      methods.grantJustInTime,
      { user_id, role: systemRole, at_bank_id: '', consumer_id: '' },
      asUser(user_id),
    );
    await expect(call).rejects.toMatchObject({ failure: Failure.FAILURE_USER_HAS_MISSING_ROLES });
  });
});

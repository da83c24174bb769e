import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rpc } from '@platform/grpc';
import {
  CallLimitServiceDefinition,
  IdentityServiceDefinition,
  Period,
  RestrictionServiceDefinition,
  Role,
} from '@platform/messages';
import { context, methods, startDirectory } from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
let bank_id: string;
let admin_id: string;
beforeAll(async () => {
  directory = await startDirectory();
  admin_id = (await directory.admin()).user_id;
  bank_id = (await directory.createBank(admin_id)).id;
});
afterAll(() => directory.close());

/** Gateways of the version before call these rpcs of IdentityService. */
describe('an rpc by its former name', () => {
  it.each([
    ['now', methods.findBank],
    ['before', rpc(IdentityServiceDefinition, 'findBank')],
  ])('finds the same banks: %s', async (_when, findBank) => {
    expect(await directory.peer.call(findBank, { bank_id }, context())).toEqual({ exists: true });
    expect(await directory.peer.call(findBank, { bank_id: 'none' }, context())).toEqual({ exists: false });
  });

  it('counts the same calls', async () => {
    const limits = { per_second: -1, per_minute: -1, per_hour: 3, per_day: -1, per_week: -1, per_month: -1 };
    const request = { subject: 'former names', limits, calls: 2 };
    const before = await directory.peer.call(rpc(IdentityServiceDefinition, 'takeCalls'), request, context());
    expect(before.granted).toBe(2);
    const now = await directory.peer.call(rpc(CallLimitServiceDefinition, 'takeCalls'), request, context());
    expect(now).toMatchObject({ granted: 1, window: { period: Period.PERIOD_HOUR, remaining: 0 } });
  });

  it('gets the same restrictions', async () => {
    await directory.rows(
      `insert into authentication_type_validation (operation_id, allowed_authentication_types) values ('OBPv4.0.0-root', '{DirectLogin}')`,
    );
    const now = await directory.peer.call(rpc(RestrictionServiceDefinition, 'getRestrictions'), {}, context());
    expect(now.restrictions).toHaveLength(1);
    expect(await directory.peer.call(rpc(IdentityServiceDefinition, 'getRestrictions'), {}, context())).toEqual(now);
  });

  it('grants the same role', async () => {
    const request = { user_id: admin_id, role: Role.ROLE_CAN_GET_CUSTOMER, at_bank_id: bank_id, consumer_id: '' };
    await directory.peer.call(rpc(IdentityServiceDefinition, 'grantJustInTime'), request, context());
    await directory.peer.call(methods.grantJustInTime, request, context());
    expect(
      await directory.rows(
        "select role_name, bank_id from entitlement where user_id = $1 and created_by_process = 'create_just_in_time_entitlements'",
        [admin_id],
      ),
    ).toEqual([{ role_name: 'CanGetCustomer', bank_id }]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rpc } from '@platform/grpc';
import { type CallLimitPostJson, ConsumerServiceDefinition, Failure, Role } from '@platform/messages';
import { adminPassword, asUser, startDirectory } from './directory.js';

const rpcs = {
  get: rpc(ConsumerServiceDefinition, 'getCallsLimit'),
  set: rpc(ConsumerServiceDefinition, 'callsLimit'),
};

let directory: Awaited<ReturnType<typeof startDirectory>>;
let consumer_id: string;
beforeAll(async () => {
  directory = await startDirectory();
  consumer_id = (await directory.admin()).consumer_id;
});
afterAll(() => directory.close());

const none: CallLimitPostJson = {
  per_second_call_limit: '-1',
  per_minute_call_limit: '-1',
  per_hour_call_limit: '-1',
  per_day_call_limit: '-1',
  per_week_call_limit: '-1',
  per_month_call_limit: '-1',
};
const get = (id = consumer_id, roles = [Role.ROLE_CAN_READ_CALL_LIMITS]) =>
  directory.peer.call(rpcs.get, { consumer_id: id }, asUser('someone', roles));
const set = (change: Partial<CallLimitPostJson> | null, id = consumer_id, roles = [Role.ROLE_CAN_UPDATE_RATE_LIMITS]) =>
  directory.peer.call(
    rpcs.set,
    { consumer_id: id, body: change === null ? null : { ...none, ...change } },
    asUser('someone', roles),
  );

describe('the limits of calls of an application', () => {
  it('are none at first, then what was set; the gateway is told', async () => {
    const token = await directory.logIn('admin.user', adminPassword);
    expect(await get()).toEqual(none);
    expect((await directory.resolve(token)).call_limits).toBeNull();
    const limits = {
      ...none,
      per_second_call_limit: '5',
      per_day_call_limit: '0',
      per_month_call_limit: '999999999999999',
    };
    expect(await set(limits)).toEqual(limits);
    expect(await get()).toEqual(limits);
    expect((await directory.resolve(token)).call_limits).toEqual({
      per_second: 5,
      per_minute: -1,
      per_hour: -1,
      per_day: 0,
      per_week: -1,
      per_month: 999_999_999_999_999,
    });
    expect(await set({ per_week_call_limit: '0007' })).toEqual({ ...none, per_week_call_limit: '7' });
    expect(await set({})).toEqual(none);
  });

  it.each(['', ' ', '-2', '1.5', '1e3', 'ten', '1000000000000000', '9'.repeat(40), '5 ', '+5', '5\0', '٣'])(
    'refuses %j and changes nothing',
    async (value) => {
      await set({ per_hour_call_limit: '3' });
      const call = set({ per_hour_call_limit: '4', per_minute_call_limit: value });
      await expect(call).rejects.toMatchObject({
        failure: Failure.FAILURE_INVALID_JSON_FORMAT,
        detail: ' per_minute_call_limit must be a whole number, or -1 for no limit.',
      });
      expect(await get()).toEqual({ ...none, per_hour_call_limit: '3' });
    },
  );

  it.each(['no-such-id', '', 'with\0nul', 'x'.repeat(300)])('finds no application %j', async (id) => {
    const unknown = { failure: Failure.FAILURE_CONSUMER_NOT_FOUND, detail: ` Current ConsumerId is ${id}` };
    await expect(get(id)).rejects.toMatchObject(unknown);
    await expect(set({}, id)).rejects.toMatchObject(unknown);
    await expect(set({ per_day_call_limit: 'x' }, id)).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_JSON_FORMAT,
    });
  });

  it('ask for roles and a body', async () => {
    await expect(get(consumer_id, [])).rejects.toMatchObject({ failure: Failure.FAILURE_USER_HAS_MISSING_ROLES });
    await expect(set({}, consumer_id, [Role.ROLE_CAN_READ_CALL_LIMITS])).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
    });
    await expect(set(null)).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
  });
});

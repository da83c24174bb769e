import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rpc } from '@platform/grpc';
import { type CallLimits, CallLimitServiceDefinition, Period, type TakeCallsResponse } from '@platform/messages';
import { createDirectoryService } from '../src/index.js';
import { asUser, connect, context, type Directory, newName, startDirectory, testConfig } from './directory.js';

const takeCalls = rpc(CallLimitServiceDefinition, 'takeCalls');
const none: CallLimits = { per_second: -1, per_minute: -1, per_hour: -1, per_day: -1, per_week: -1, per_month: -1 };

let directory: Awaited<ReturnType<typeof startDirectory>>;
/** Another replica on the same database. */
let second: Directory & { close(): Promise<void> };
beforeAll(async () => {
  directory = await startDirectory();
  const service = await createDirectoryService(testConfig(directory.database_url));
  const calls = connect(service.port);
  second = { ...calls, close: async () => (calls.peer.close(), service.close()) };
});
afterAll(async () => {
  await second.close();
  await directory.close();
});

const take = (
  subject: string,
  limits: Partial<CallLimits> | null,
  calls = 1,
  by: Directory = directory,
): Promise<TakeCallsResponse> =>
  by.peer.call(takeCalls, { subject, limits: limits === null ? null : { ...none, ...limits }, calls }, context());

/** Makes the counts of a subject older. */
const age = (subject: string, seconds: number) =>
  directory.rows(
    "update call_count set began = (select array_agg(b - $2::bigint * 1000 order by place) from unnest(began) with ordinality as w (b, place)), ends_at = ends_at - $2 * interval '1 second' where subject = $1",
    [subject, seconds],
  );

describe('takeCalls', () => {
  it('grants exactly the limit to parallel calls of two services', async () => {
    const subject = newName('consumer');
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        take(subject, { per_hour: 100, per_month: 5_000 }, 7, n % 2 === 0 ? directory : second),
      ),
    );
    expect(answers.reduce((sum, { granted }) => sum + granted, 0)).toBe(100);
    expect(answers.map(({ granted }) => granted).sort((a, b) => b - a)).toEqual([
      ...Array<number>(14).fill(7),
      2,
      ...Array<number>(25).fill(0),
    ]);
    expect(await directory.rows('select calls from call_count where subject = $1', [subject])).toEqual([
      { calls: ['0', '0', '100', '0', '0', '100'] },
    ]);
    for (const { window } of answers) expect(window).toMatchObject({ period: Period.PERIOD_HOUR, limit: 100 });
  });

  it('says what is left when it is asked for none, and keeps nothing for it', async () => {
    const subject = newName('consumer');
    expect(await take(subject, { per_hour: 2 }, 0)).toEqual({
      granted: 0,
      window: { period: Period.PERIOD_HOUR, limit: 2, remaining: 2, reset: 3_600 },
    });
    expect(await directory.rows('select from call_count where subject = $1', [subject])).toEqual([]);
    await take(subject, { per_hour: 2 }, 2);
    expect(await take(subject, { per_hour: 2 }, 0)).toMatchObject({ granted: 0, window: { remaining: 0 } });
    await age(subject, 3_600);
    expect(await take(subject, { per_hour: 2 }, 0)).toMatchObject({ window: { remaining: 2, reset: 3_600 } });
  });

  it.each([
    ['per_minute', Period.PERIOD_MINUTE, 60],
    ['per_hour', Period.PERIOD_HOUR, 3_600],
    ['per_day', Period.PERIOD_DAY, 86_400],
    ['per_week', Period.PERIOD_WEEK, 604_800],
    ['per_month', Period.PERIOD_MONTH, 2_592_000],
  ] as const)('%s: a window begins with the first call and lasts its time', async (key, period, seconds) => {
    const subject = newName('consumer');
    expect(await take(subject, { [key]: 2 })).toEqual({
      granted: 1,
      window: { period, limit: 2, remaining: 1, reset: seconds },
    });
    await age(subject, seconds - 20);
    expect(await take(subject, { [key]: 2 }, 3)).toEqual({
      granted: 1,
      window: { period, limit: 2, remaining: 0, reset: expect.any(Number) },
    });
    const refused = await take(subject, { [key]: 2 });
    expect(refused).toMatchObject({ granted: 0, window: { period, remaining: 0 } });
    expect(refused.window?.reset).toBeLessThanOrEqual(20);
    expect(refused.window?.reset).toBeGreaterThan(5);
    await age(subject, 20);
    expect(await take(subject, { [key]: 2 })).toEqual({
      granted: 1,
      window: { period, limit: 2, remaining: 1, reset: seconds },
    });
  });

  it('per_second: a window ends by itself', async () => {
    const subject = newName('consumer');
    expect(await take(subject, { per_second: 1 }, 2)).toEqual({
      granted: 1,
      window: { period: Period.PERIOD_SECOND, limit: 1, remaining: 0, reset: 1 },
    });
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect((await take(subject, { per_second: 1 })).granted).toBe(1);
  });

  it('keeps to the narrowest of several limits and counts what it granted alone', async () => {
    const subject = newName('consumer');
    const limits = { per_minute: 5, per_day: 8 };
    expect(await take(subject, limits, 7)).toMatchObject({
      granted: 5,
      window: { period: Period.PERIOD_MINUTE, remaining: 0 },
    });
    await age(subject, 60);
    expect(await take(subject, limits, 5)).toMatchObject({
      granted: 3,
      window: { period: Period.PERIOD_DAY, limit: 8, remaining: 0 },
    });
    expect(await take(subject, limits, 0)).toMatchObject({
      granted: 0,
      window: { period: Period.PERIOD_MINUTE, limit: 5, remaining: 2 },
    });
  });

  it('counts subjects apart, and nothing without a limit', async () => {
    const [one, other] = [newName('consumer'), newName('consumer')];
    await take(one, { per_hour: 1 });
    expect((await take(other, { per_hour: 1 })).granted).toBe(1);
    expect(await take(one, {}, 9)).toEqual({ granted: 9, window: null });
    expect(await take(one, null, 9)).toEqual({ granted: 9, window: null });
    expect(await directory.rows('select calls from call_count where subject = $1', [one])).toEqual([
      { calls: ['0', '0', '1', '0', '0', '0'] },
    ]);
  });

  it.each([0, -5, -2147483648])('takes %d calls for none', async (calls) => {
    const subject = newName('consumer');
    await take(subject, { per_hour: 3 }, 1);
    expect(await take(subject, { per_hour: 3 }, calls)).toMatchObject({ granted: 0, window: { remaining: 2 } });
  });

  it('refuses all by a limit of 0 and takes the largest limits and subjects', async () => {
    expect(await take(newName('consumer'), { per_week: 0 })).toEqual({
      granted: 0,
      window: { period: Period.PERIOD_WEEK, limit: 0, remaining: 0, reset: 604_800 },
    });
    const subject = `anonymous:${'\'\\{}",?'.repeat(10)}`;
    const limit = 999_999_999_999_999;
    expect(await take(subject, { per_day: limit }, 2_147_483_647)).toMatchObject({
      granted: 2_147_483_647,
      window: { limit, remaining: limit - 2_147_483_647 },
    });
    await expect(take('x'.repeat(301), { per_day: 1 })).rejects.toThrow(
      'subject must not be longer than 300 characters',
    );
    await expect(take('\0', { per_day: 1 })).rejects.toThrow('NUL');
  });

  it('forgets ended counts when a new subject comes, some at a time', async () => {
    await directory.rows(
      "insert into call_count select 'old.' || n, '{1}', '{1}', now() - interval '1 minute' from generate_series(1, 25) n",
    );
    const left = async () => (await directory.rows("select from call_count where subject like 'old.%'")).length;
    const known = newName('consumer');
    await take(known, { per_hour: 9 });
    expect(await left()).toBe(15);
    await take(known, { per_hour: 9 });
    expect(await left()).toBe(15);
    await Promise.all([
      take(newName('consumer'), { per_hour: 1 }),
      take(newName('consumer'), { per_hour: 1 }, 1, second),
    ]);
    expect(await left()).toBeLessThanOrEqual(5);
    expect((await take(known, { per_hour: 9 })).window?.remaining).toBe(6);
  });

  it('is for the platform alone', async () => {
    await expect(
      directory.peer.call(takeCalls, { subject: 's', limits: none, calls: 1 }, asUser('someone')),
    ).rejects.toThrow('OBP-20006');
  });
});

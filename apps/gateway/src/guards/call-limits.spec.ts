import { describe, expect, it } from '@jest/globals';
import type { Endpoint } from '@platform/endpoints';
import { Failure, Period } from '@platform/messages';
import type { DirectoryCall } from '../auth/caller.js';
import { createCallLimiter, type LimitHeaders } from './call-limits.js';

const none = { per_second: -1, per_minute: -1, per_hour: -1, per_day: -1, per_week: -1, per_month: -1 };
const limited = { consumer_id: 'c', call_limits: { ...none, per_minute: 5 } };
const endpoint = { operation_id: 'OBPv3.0.0-getCustomers' } as Endpoint;

/** A directory that has `left` calls left for each subject. */
function createGate(left: number) {
  const asked: { subject: string; calls: number }[] = [];
  const remaining = new Map<string, number>();
  const call = (async (_method: unknown, request: { subject: string; calls: number }) => {
    asked.push({ subject: request.subject, calls: request.calls });
    const had = remaining.get(request.subject) ?? left;
    const granted = Math.min(had, request.calls);
    remaining.set(request.subject, had - granted);
    return { granted, window: { period: Period.PERIOD_MINUTE, limit: 5, remaining: had - granted, reset: 60 } };
  }) as unknown as DirectoryCall;
  const limiter = createCallLimiter(call, { anonymous_per_hour: 1_000, excluded: new Set(['root']) });
  const shown: LimitHeaders[] = [];
  const take = (caller: Parameters<typeof limiter.take>[0], address = '', of = endpoint) =>
    limiter.take(caller, address, 'c', (headers) => shown.push(headers), of);
  return { asked, shown, take };
}

describe('limits of calls', () => {
  it('are counted together for what asks at the same time, the first of them granted', async () => {
    const { asked, shown, take } = createGate(5);
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => take(limited)));
    expect(results.map(({ status }) => status)).toEqual([
      ...Array<string>(5).fill('fulfilled'),
      ...Array<string>(3).fill('rejected'),
    ]);
    expect((results[7] as PromiseRejectedResult).reason).toMatchObject({
      failure: Failure.FAILURE_TOO_MANY_REQUESTS,
      detail: ' We only allow 5 requests per minute for this Consumer.',
    });
    expect(asked).toEqual([{ subject: 'consumer:c', calls: 8 }]);
    expect(shown.map((headers) => headers['X-Rate-Limit-Remaining'])).toEqual(['4', '3', '2', '1', '0', '0', '0', '0']);
    expect(shown[0]).toMatchObject({ 'X-Rate-Limit-Limit': '5', 'X-Rate-Limit-Reset': '60' });
  });

  it('cost nothing where an application has none', async () => {
    const { asked, shown, take } = createGate(0);
    await take({ consumer_id: 'c', call_limits: null });
    await take({ consumer_id: 'c', call_limits: none });
    expect([asked, shown]).toEqual([[], []]);
  });

  it('hold for each anonymous address by itself', async () => {
    const { asked, take } = createGate(1);
    await Promise.all([take(undefined, 'a'), take(undefined, 'b')]);
    await expect(take(undefined, 'a')).rejects.toThrow('for anonymous access.');
    expect(asked.map(({ subject }) => subject)).toEqual(['anonymous:a', 'anonymous:b', 'anonymous:a']);
  });

  it('leave out what says whether the instance is there', async () => {
    const { asked, take } = createGate(0);
    await take(undefined, 'a', { operation_id: 'OBPv4.0.0-root' } as Endpoint);
    expect(asked).toEqual([]);
  });

  it('of one application do not keep others waiting', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const call = (async (_method: unknown, { subject, calls }: { subject: string; calls: number }) => {
      if (subject === 'consumer:slow') await held;
      return { granted: calls, window: { period: Period.PERIOD_MINUTE, limit: 5, remaining: 0, reset: 60 } };
    }) as unknown as DirectoryCall;
    const limiter = createCallLimiter(call, { anonymous_per_hour: 1_000, excluded: new Set(['root']) });
    const take = (consumer_id: string) => limiter.take({ ...limited, consumer_id }, '', 'c', () => undefined, endpoint);
    const slow = take('slow');
    await Promise.all([take('quick'), take('other')]);
    release();
    await slow;
  });
});

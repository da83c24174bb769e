import { describe, expect, it } from '@jest/globals';
import { type CallLimits, Period } from '@platform/messages';
import { type Counted, isLimited, take } from './call-windows.js';

const none: CallLimits = { per_second: -1, per_minute: -1, per_hour: -1, per_day: -1, per_week: -1, per_month: -1 };
const nothing: Counted = { began: [], calls: [] };
const now = 1_800_000_000_000;

describe('take', () => {
  it.each([
    ['per_second', Period.PERIOD_SECOND, 1],
    ['per_minute', Period.PERIOD_MINUTE, 60],
    ['per_hour', Period.PERIOD_HOUR, 3_600],
    ['per_day', Period.PERIOD_DAY, 86_400],
    ['per_week', Period.PERIOD_WEEK, 604_800],
    ['per_month', Period.PERIOD_MONTH, 2_592_000],
  ] as const)('%s: grants up to the limit, refuses until the window ends, then begins anew', (key, period, seconds) => {
    const limits = { ...none, [key]: 3 };
    const first = take(nothing, limits, 2, now);
    expect(first).toMatchObject({
      granted: 2,
      window: { period, limit: 3, remaining: 1, reset: seconds },
      ends_at: now + seconds * 1_000,
    });
    const second = take(first.counted, limits, 2, now + 400);
    expect(second).toMatchObject({
      granted: 1,
      window: { period, limit: 3, remaining: 0, reset: seconds },
      ends_at: now + seconds * 1_000,
    });
    const end = now + seconds * 1_000;
    expect(take(second.counted, limits, 1, end - 1)).toMatchObject({
      granted: 0,
      window: { remaining: 0, reset: 1 },
      counted: second.counted,
    });
    expect(take(second.counted, limits, 1, end)).toMatchObject({
      granted: 1,
      window: { remaining: 2, reset: seconds },
      ends_at: end + seconds * 1_000,
    });
  });

  it('keeps to every limit and names the one that refuses', () => {
    const limits = { ...none, per_second: 5, per_minute: 8, per_month: 100 };
    const first = take(nothing, limits, 5, now);
    expect(first).toMatchObject({ granted: 5, window: { period: Period.PERIOD_SECOND, remaining: 0 } });
    expect(take(first.counted, limits, 1, now + 1)).toMatchObject({
      granted: 0,
      window: { period: Period.PERIOD_SECOND },
    });
    const second = take(first.counted, limits, 5, now + 1_000);
    expect(second).toMatchObject({
      granted: 3,
      window: { period: Period.PERIOD_MINUTE, limit: 8, remaining: 0, reset: 59 },
    });
    expect(second.counted.calls).toEqual([3, 8, 0, 0, 0, 8]);
  });

  it('shows the shortest period when all is granted, also among equal limits that refuse', () => {
    const limits = { ...none, per_hour: 2, per_day: 2 };
    const first = take(nothing, limits, 2, now);
    expect(first.window.period).toBe(Period.PERIOD_HOUR);
    expect(take(first.counted, limits, 1, now).window.period).toBe(Period.PERIOD_HOUR);
  });

  it('does not begin a window with a call that is refused', () => {
    const limits = { ...none, per_second: 1, per_hour: 1 };
    const first = take(nothing, limits, 1, now);
    const refused = take(first.counted, limits, 1, now + 5_000);
    expect(refused).toMatchObject({ granted: 0, window: { period: Period.PERIOD_HOUR, reset: 3_595 } });
    expect(refused.counted).toEqual({ began: [0, 0, now, 0, 0, 0], calls: [0, 0, 1, 0, 0, 0] });
  });

  it('refuses all by a limit of 0', () => {
    expect(take(nothing, { ...none, per_hour: 0 }, 4, now)).toEqual({
      granted: 0,
      window: { period: Period.PERIOD_HOUR, limit: 0, remaining: 0, reset: 3_600 },
      counted: { began: [0, 0, 0, 0, 0, 0], calls: [0, 0, 0, 0, 0, 0] },
      ends_at: now,
    });
  });

  it('holds a limit that was lowered against what is counted, and forgets what has no limit any more', () => {
    const first = take(nothing, { ...none, per_minute: 9, per_day: 10 }, 7, now);
    const second = take(first.counted, { ...none, per_day: 5 }, 1, now);
    expect(second).toMatchObject({ granted: 0, window: { limit: 5, remaining: 0 } });
    expect(second.counted.calls).toEqual([0, 0, 0, 7, 0, 0]);
    expect(take(first.counted, { ...none, per_day: 8 }, 5, now)).toMatchObject({ granted: 1 });
  });

  it('begins anew when the clock was set back', () => {
    const first = take(nothing, { ...none, per_day: 1 }, 1, now);
    expect(take(first.counted, { ...none, per_day: 1 }, 1, now - 1)).toMatchObject({
      granted: 1,
      window: { reset: 86_400 },
    });
  });
});

describe('isLimited', () => {
  it('asks for any limit, also 0', () => {
    expect([none, { ...none, per_week: 0 }, { ...none, per_second: 7 }].map(isLimited)).toEqual([false, true, true]);
  });
});

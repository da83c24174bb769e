import { type CallLimits, type CallWindow, Period } from '@platform/messages';

const second = 1_000;
const day = 86_400 * second;

/** From the shortest to the longest. A month is thirty days. */
const periods = [
  { period: Period.PERIOD_SECOND, key: 'per_second', length_ms: second },
  { period: Period.PERIOD_MINUTE, key: 'per_minute', length_ms: 60 * second },
  { period: Period.PERIOD_HOUR, key: 'per_hour', length_ms: 3_600 * second },
  { period: Period.PERIOD_DAY, key: 'per_day', length_ms: day },
  { period: Period.PERIOD_WEEK, key: 'per_week', length_ms: 7 * day },
  { period: Period.PERIOD_MONTH, key: 'per_month', length_ms: 30 * day },
] as const satisfies readonly { period: Period; key: keyof CallLimits; length_ms: number }[];

/** The counts of a subject: for each period, when its window began and the calls in it. */
export interface Counted {
  readonly began: readonly number[];
  readonly calls: readonly number[];
}

/** How many calls a subject is granted, and its new counts. */
export interface Taken {
  readonly granted: number;
  readonly window: CallWindow;
  readonly counted: Counted;
  /** When the last window ends: after that the counts have no meaning. */
  readonly ends_at: number;
}

interface Open {
  readonly period: Period;
  readonly place: number;
  readonly limit: number;
  readonly began: number;
  readonly calls: number;
  readonly ends_at: number;
}

/** Whether any period has a limit. */
export function isLimited(limits: CallLimits): boolean {
  return periods.some(({ key }) => limits[key] >= 0);
}

/**
 * Grants as many of the wanted calls as all limits allow. A window begins with the first call that is granted outside a
 * window. Only granted calls are counted, and only in periods with a limit.
 */
export function take(counted: Counted, limits: CallLimits, wanted: number, now: number): Taken {
  const open = openWindows(counted, limits, now);
  const room = open.map(({ limit, calls }) => Math.max(0, limit - calls));
  const granted = Math.min(wanted, ...room);
  // Among the periods with the fewest calls left the shortest is shown, as in OBP.
  const shown = granted < wanted ? open[room.indexOf(Math.min(...room))] : open[0];
  if (shown === undefined) throw new Error('no period has a limit');
  const kept = open.filter(({ calls }) => calls + granted > 0);
  const byPlace = periods.map((_period, place) => kept.find((window) => window.place === place));
  return {
    granted,
    window: {
      period: shown.period,
      limit: shown.limit,
      remaining: Math.max(0, shown.limit - shown.calls - granted),
      reset: Math.ceil((shown.ends_at - now) / second),
    },
    counted: {
      began: byPlace.map((window) => window?.began ?? 0),
      calls: byPlace.map((window) => (window === undefined ? 0 : window.calls + granted)),
    },
    ends_at: Math.max(now, ...kept.map(({ ends_at }) => ends_at)),
  };
}

function openWindows(counted: Counted, limits: CallLimits, now: number): Open[] {
  return periods.flatMap(({ period, key, length_ms }, place) => {
    const limit = limits[key];
    if (limit < 0) return [];
    const began = counted.began[place] ?? 0;
    const calls = counted.calls[place] ?? 0;
    // A window that begins in the future was begun before the clock was set back.
    const runs = calls > 0 && began <= now && now < began + length_ms;
    return [
      {
        period,
        place,
        limit,
        began: runs ? began : now,
        calls: runs ? calls : 0,
        ends_at: (runs ? began : now) + length_ms,
      },
    ];
  });
}

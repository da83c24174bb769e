import type { Endpoint } from '@platform/endpoints';
import { fail } from '@platform/failure';
import { createLookUps, rpc } from '@platform/grpc';
import {
  type CallLimits,
  CallLimitServiceDefinition,
  type CallWindow,
  Failure,
  type Identity,
  Period,
} from '@platform/messages';
import type { DirectoryCall } from '../auth/caller.js';

/** The call limits as headers: X-Rate-Limit-Limit, -Remaining, -Reset (seconds). */
export type LimitHeaders = Readonly<Record<string, string>>;

export interface CallLimiter {
  /**
   * Counts a call. @param setHeaders receives the headers, also before a refusal
   * @throws ObpFailure OBP-10018
   */
  take(
    caller: Pick<Identity, 'consumer_id' | 'call_limits'> | undefined,
    address: string,
    correlation_id: string,
    setHeaders: (headers: LimitHeaders) => void,
    endpoint: Endpoint,
  ): Promise<void>;
}

export interface CallLimiterOptions {
  readonly anonymous_per_hour: number;
  /** Functions that are never limited, e.g. "root", which monitoring calls all the time. */
  readonly excluded: ReadonlySet<string>;
}

export interface Wanted {
  readonly subject: string;
  readonly limits: CallLimits;
  readonly correlation_id: string;
}
export type Counted = { readonly granted: boolean; readonly window: CallWindow };

const takeCalls = rpc(CallLimitServiceDefinition, 'takeCalls');
export const unlimited: CallLimits = {
  per_second: -1,
  per_minute: -1,
  per_hour: -1,
  per_day: -1,
  per_week: -1,
  per_month: -1,
};
const words: Readonly<Partial<Record<Period, string>>> = {
  [Period.PERIOD_SECOND]: 'second',
  [Period.PERIOD_MINUTE]: 'minute',
  [Period.PERIOD_HOUR]: 'hour',
  [Period.PERIOD_DAY]: 'day',
  [Period.PERIOD_WEEK]: 'week',
  [Period.PERIOD_MONTH]: 'month',
};

/**
 * Limits calls per application, and anonymous calls per client address. The directory counts, so the limits hold for
 * all gateways together; concurrent calls are counted in one request.
 */
export function createCallLimiter(
  call: DirectoryCall,
  { anonymous_per_hour, excluded }: CallLimiterOptions,
): CallLimiter {
  const counted = createCallCounter(call);
  return {
    async take(caller, address, correlation_id, setHeaders, { operation_id }) {
      if (excluded.has(operation_id.split('-')[1] ?? '')) return;
      const wanted = wantedOf(caller, address, anonymous_per_hour);
      if (wanted === undefined) return;
      const { granted, window } = await counted({ ...wanted, correlation_id });
      setHeaders({
        'X-Rate-Limit-Limit': String(window.limit),
        'X-Rate-Limit-Remaining': String(window.remaining),
        'X-Rate-Limit-Reset': String(window.reset),
      });
      if (!granted)
        fail(
          Failure.FAILURE_TOO_MANY_REQUESTS,
          ` We only allow ${window.limit} requests per ${words[window.period] ?? 'period'} for ${caller === undefined ? 'anonymous access' : 'this Consumer'}.`,
        );
    },
  };
}

/** Counts calls per subject. Concurrent calls are counted in one request, and subjects do not wait for each other. */
export function createCallCounter(call: DirectoryCall): (wanted: Wanted) => Promise<Counted> {
  const counters = new Map<string, { readonly count: (wanted: Wanted) => Promise<Counted>; users: number }>();
  // A subject has a counter only while a call waits for it.
  return async (wanted) => {
    const counter = counters.get(wanted.subject) ?? {
      count: createLookUps((batch: readonly Wanted[], correlation_id) => countTogether(call, batch, correlation_id), {
        limit: 1_000,
        parallel: 1,
      }),
      users: 0,
    };
    counters.set(wanted.subject, counter);
    counter.users += 1;
    try {
      return await counter.count(wanted);
    } finally {
      counter.users -= 1;
      if (counter.users === 0) counters.delete(wanted.subject);
    }
  };
}

function wantedOf(
  caller: Pick<Identity, 'consumer_id' | 'call_limits'> | undefined,
  address: string,
  anonymous_per_hour: number,
): Omit<Wanted, 'correlation_id'> | undefined {
  if (caller === undefined)
    return { subject: `anonymous:${address}`, limits: { ...unlimited, per_hour: anonymous_per_hour } };
  const { consumer_id, call_limits: limits } = caller;
  return limits === null || Object.values(limits).every((limit: number) => limit < 0)
    ? undefined
    : { subject: `consumer:${consumer_id}`, limits };
}

/** Counts concurrent calls of one subject: the first ones are granted, up to the limit. */
async function countTogether(
  call: DirectoryCall,
  wanted: readonly Wanted[],
  correlation_id: string,
): Promise<Counted[]> {
  const { subject, limits } = wanted[0] as Wanted;
  const { granted, window } = await call(takeCalls, { subject, limits, calls: wanted.length }, correlation_id);
  const shown = window ?? fail(Failure.FAILURE_UNKNOWN_ERROR);
  return wanted.map((_one, index) => ({
    granted: index < granted,
    window: { ...shown, remaining: shown.remaining + Math.max(0, granted - 1 - index) },
  }));
}

import { fail } from '@platform/failure';
import { type CallLimits, Failure } from '@platform/messages';
import type { DirectoryCall } from '../auth/caller.js';
import { createCallCounter, type LimitHeaders, unlimited } from './call-limits.js';

/** What anybody may do without being known, and what costs the platform something each time. */
export type Anonymous = 'login' | 'write';

/** Limits anonymous logins and writes by the address they come from, whatever the number of gateways. */
export interface AddressLimits {
  /**
   * Counts one, before anything is done for it.
   * @param show receives the headers of a refusal
   * @throws ObpFailure OBP-10018
   */
  take(what: Anonymous, address: string, correlation_id: string, show: (headers: LimitHeaders) => void): Promise<void>;
}

export interface AddressLimitsOptions {
  readonly logins_per_minute: number;
  readonly writes_per_hour: number;
}

export function createAddressLimits(call: DirectoryCall, { logins_per_minute, writes_per_hour }: AddressLimitsOptions): AddressLimits {
  const count = createCallCounter(call);
  const limits: Readonly<Record<Anonymous, { readonly limits: CallLimits; readonly words: string }>> = {
    login: { limits: { ...unlimited, per_minute: logins_per_minute }, words: `${logins_per_minute} logins per minute` },
    write: { limits: { ...unlimited, per_hour: writes_per_hour }, words: `${writes_per_hour} anonymous writes per hour` },
  };
  return {
    async take(what, address, correlation_id, show) {
      const { granted, window } = await count({ subject: `${what}:${address}`, limits: limits[what].limits, correlation_id });
      if (granted) return;
      show({ 'Retry-After': String(Math.max(1, window.reset)), 'X-Rate-Limit-Limit': String(window.limit), 'X-Rate-Limit-Remaining': '0', 'X-Rate-Limit-Reset': String(window.reset) });
      fail(Failure.FAILURE_TOO_MANY_REQUESTS, ` We only allow ${limits[what].words} from one address.`);
    },
  };
}

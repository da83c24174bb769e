import { fail, ObpFailure } from '@platform/failure';
import { rpc } from '@platform/grpc';
import { type CallLimits, CallLimitServiceDefinition, type CallWindow, Failure } from '@platform/messages';
import type { DirectoryCall } from '../auth/caller.js';
import { createCallCounter, type LimitHeaders, unlimited } from './call-limits.js';

/** What unauthenticated clients may do at the platform's expense. */
export type Anonymous = 'login' | 'write';

/** The address of a request, and where its limit headers go. */
export interface ClientContext {
  readonly address: string;
  readonly correlation_id: string;
  /** Receives the headers of a refused request. */
  readonly setHeaders: (headers: LimitHeaders) => void;
}

/** Limits anonymous logins, wrong passwords and writes per client address, across all gateways. */
export interface AddressLimits {
  /**
   * Counts one, before any work is done for it.
   * @throws ObpFailure OBP-10018
   */
  take(what: Anonymous, client: ClientContext): Promise<void>;
  /**
   * Runs a login: it is counted, it is refused when too many passwords from the address were wrong, and a wrong
   * password is counted again.
   * @throws ObpFailure OBP-10018, or whatever the work throws
   */
  logIn<T>(client: ClientContext, work: () => Promise<T>): Promise<T>;
}

export interface AddressLimitsOptions {
  readonly logins_per_minute: number;
  readonly wrong_passwords_per_hour: number;
  readonly writes_per_hour: number;
}

interface Limit {
  readonly subject: (address: string) => string;
  readonly limits: CallLimits;
  readonly words: string;
}

const takeCalls = rpc(CallLimitServiceDefinition, 'takeCalls');

export function createAddressLimits(
  call: DirectoryCall,
  { logins_per_minute, wrong_passwords_per_hour, writes_per_hour }: AddressLimitsOptions,
): AddressLimits {
  const count = createCallCounter(call);
  const anonymous: Readonly<Record<Anonymous, Limit>> = {
    login: {
      subject: (address) => `login:${address}`,
      limits: { ...unlimited, per_minute: logins_per_minute },
      words: `${logins_per_minute} logins per minute`,
    },
    write: {
      subject: (address) => `write:${address}`,
      limits: { ...unlimited, per_hour: writes_per_hour },
      words: `${writes_per_hour} anonymous writes per hour`,
    },
  };
  const wrong: Limit = {
    subject: (address) => `wrong password:${address}`,
    limits: { ...unlimited, per_hour: wrong_passwords_per_hour },
    words: `${wrong_passwords_per_hour} wrong passwords per hour`,
  };

  const take = async (limit: Limit, { address, correlation_id, setHeaders }: ClientContext): Promise<void> => {
    const { granted, window } = await count({ subject: limit.subject(address), limits: limit.limits, correlation_id });
    if (!granted) refuse(limit, window, setHeaders);
  };

  return {
    take: (what, client) => take(anonymous[what], client),
    async logIn(client, work) {
      await take(anonymous.login, client);
      // Only reads the count: only wrong passwords are counted, so a client that logs in all day is not refused.
      const { window } = await call(
        takeCalls,
        { subject: wrong.subject(client.address), limits: wrong.limits, calls: 0 },
        client.correlation_id,
      );
      if (window !== null && window.remaining === 0) refuse(wrong, window, client.setHeaders);
      try {
        return await work();
      } catch (error) {
        if (error instanceof ObpFailure && error.failure === Failure.FAILURE_INVALID_LOGIN_CREDENTIALS) {
          await count({
            subject: wrong.subject(client.address),
            limits: wrong.limits,
            correlation_id: client.correlation_id,
          });
        }
        throw error;
      }
    },
  };
}

function refuse({ words }: Limit, { limit, reset }: CallWindow, setHeaders: ClientContext['setHeaders']): never {
  setHeaders({
    'Retry-After': String(Math.max(1, reset)),
    'X-Rate-Limit-Limit': String(limit),
    'X-Rate-Limit-Remaining': '0',
    'X-Rate-Limit-Reset': String(reset),
  });
  return fail(Failure.FAILURE_TOO_MANY_REQUESTS, ` We only allow ${words} from one address.`);
}

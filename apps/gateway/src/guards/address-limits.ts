import type { Trail } from '@platform/audit';
import { fail, ObpFailure } from '@platform/failure';
import { rpc } from '@platform/grpc';
import { type CallLimits, CallLimitServiceDefinition, type CallWindow, Failure } from '@platform/messages';
import { recordBadLogin } from '../audit/audited.js';
import type { AuthenticationType, DirectoryCall } from '../auth/caller.js';
import { createCallCounter, type LimitHeaders, unlimited } from './call-limits.js';

/** A way to log in with a password or a signature. */
type Login = Exclude<AuthenticationType, 'OAuth2_OIDC'>;
/** What unauthenticated clients may do at the platform's expense. */
export type Anonymous = Login | 'write';

/** The address of a request, and where its limit headers go. */
export interface ClientContext {
  readonly address: string;
  readonly correlation_id: string;
  /** Receives the headers of a refused request. */
  readonly setHeaders: (headers: LimitHeaders) => void;
}

/** Limits anonymous logins, wrong passwords and writes per client address, across all gateways. A refused login leaves an event. */
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
  logIn<T>(login: Login, client: ClientContext, work: () => Promise<T>): Promise<T>;
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
  trail: Pick<Trail, 'record'>,
  { logins_per_minute, wrong_passwords_per_hour, writes_per_hour }: AddressLimitsOptions,
): AddressLimits {
  const count = createCallCounter(call);
  const logins: Limit = {
    subject: (address) => `login:${address}`,
    limits: { ...unlimited, per_minute: logins_per_minute },
    words: `${logins_per_minute} logins per minute`,
  };
  const writes: Limit = {
    subject: (address) => `write:${address}`,
    limits: { ...unlimited, per_hour: writes_per_hour },
    words: `${writes_per_hour} anonymous writes per hour`,
  };
  const wrong: Limit = {
    subject: (address) => `wrong password:${address}`,
    limits: { ...unlimited, per_hour: wrong_passwords_per_hour },
    words: `${wrong_passwords_per_hour} wrong passwords per hour`,
  };

  const refuse = (what: Anonymous, limit: Limit, window: CallWindow, client: ClientContext): never => {
    if (what !== 'write') recordBadLogin(trail, what, client.correlation_id, Failure.FAILURE_TOO_MANY_REQUESTS);
    client.setHeaders(headersOf(window));
    return fail(Failure.FAILURE_TOO_MANY_REQUESTS, ` We only allow ${limit.words} from one address.`);
  };
  const take = async (what: Anonymous, client: ClientContext): Promise<void> => {
    const limit = what === 'write' ? writes : logins;
    const { address, correlation_id } = client;
    const { granted, window } = await count({ subject: limit.subject(address), limits: limit.limits, correlation_id });
    if (!granted) refuse(what, limit, window, client);
  };

  return {
    take,
    async logIn(login, client, work) {
      await take(login, client);
      // Only reads the count: only wrong passwords are counted, so a client that logs in all day is not refused.
      const { window } = await call(
        takeCalls,
        { subject: wrong.subject(client.address), limits: wrong.limits, calls: 0 },
        client.correlation_id,
      );
      if (window !== null && window.remaining === 0) refuse(login, wrong, window, client);
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

function headersOf({ limit, reset }: CallWindow): LimitHeaders {
  return {
    'Retry-After': String(Math.max(1, reset)),
    'X-Rate-Limit-Limit': String(limit),
    'X-Rate-Limit-Remaining': '0',
    'X-Rate-Limit-Reset': String(reset),
  };
}

import type { Trail } from '@platform/audit';
import { Access } from '@platform/descriptors';
import type { Endpoint } from '@platform/endpoints';
import {
  type Claims,
  type Decision,
  decideWithScopes,
  type HeldRole,
  missingRoles,
  type Requirement,
  type ScopePolicy,
} from '@platform/entitlements';
import { fail, failureStatus, ObpFailure } from '@platform/failure';
import { Failure, type Identity, type Role } from '@platform/messages';
import { recordBadLogin, recordRefusal } from '../audit/audited.js';
import type { Authenticate } from '../auth/authentication.js';
import type { AuthRequest, Credentials } from '../auth/caller.js';
import type { Sessions } from '../auth/sessions.js';
import type { AddressLimits } from './address-limits.js';
import type { CallLimiter, LimitHeaders } from './call-limits.js';
import type { ForcedErrors } from './forced-errors.js';
import { roleInTime } from './just-in-time.js';
import type { Restrictions } from './restrictions.js';

export interface AdmissionRequest {
  readonly endpoint: Endpoint;
  /** An operation whose response the request is compared with: its roles are needed too. */
  readonly compared?: Endpoint;
  readonly request: AuthRequest;
  /** The request's bank; empty when the operation has none. */
  readonly bank_id: string;
  readonly correlation_id: string;
  /** Checks that come after the login and before all others: the ids inside a POST body. */
  readonly checkBody?: () => void;
  /** The plain body, for schemas that an administrator may have set. */
  readonly body?: () => unknown;
  /** Receives headers of the response, for success and failure. */
  readonly setHeaders?: (headers: LimitHeaders) => void;
}

export interface AdmissionOptions {
  readonly authenticate: Authenticate;
  readonly sessions: Sessions;
  /** Whether the setting of an optional feature is on, e.g. ALLOW_CUSTOMER_FIREHOSE. */
  readonly isOn: (setting: string) => boolean;
  readonly scopes: ScopePolicy;
  readonly restrictions: Restrictions;
  readonly addresses: AddressLimits;
  /** Records refusals. */
  readonly trail: Pick<Trail, 'record'>;
  /** Absent: calls are not limited. */
  readonly limiter?: CallLimiter;
  /** Absent: missing roles are not granted. */
  readonly grantJustInTime?: (
    caller: Pick<Identity, 'user_id' | 'consumer_id'>,
    role: HeldRole,
    correlation_id: string,
  ) => Promise<void>;
  /** Absent: a request cannot order an error. */
  readonly forcedErrors?: ForcedErrors;
}

/**
 * The checks between the route and the body's shape, in the same order for every operation: kind of login, login,
 * limits, ids in the body, feature, bank, role, an administrator's rules for the body.
 * @returns the caller's claims, for the assertion that the service checks again
 */
export type Admit = (asked: AdmissionRequest) => Promise<Claims>;

export function createAdmission(options: AdmissionOptions): Admit {
  const { authenticate, sessions, restrictions, limiter } = options;
  return async (asked) => {
    const { endpoint, request, bank_id, correlation_id } = asked;
    const credentials = authenticate(request);
    if (credentials === undefined && endpoint.access !== Access.PUBLIC) fail(Failure.FAILURE_USER_NOT_LOGGED_IN);
    if (credentials !== undefined)
      await restrictions.checkLogin(endpoint.operation_id, credentials.type, correlation_id);
    const identity = await identityOf(credentials, asked, options.trail);
    await limiter?.take(identity, request.address, correlation_id, asked.setHeaders ?? (() => undefined), endpoint);
    if (identity === undefined && endpoint.routes[0].verb !== 'GET')
      await options.addresses.take('write', {
        address: request.address,
        correlation_id,
        setHeaders: asked.setHeaders ?? (() => undefined),
      });
    asked.checkBody?.();
    const feature = endpoint.feature_switch;
    // Both generators use the same failure numbers.
    if (feature !== undefined && !options.isOn(feature.setting)) fail(feature.failure as number);
    if (endpoint.bank_scoped && !(await sessions.bankExists(bank_id, correlation_id))) {
      fail(Failure.FAILURE_BANK_NOT_FOUND, ` Current BankId is ${bank_id}`);
    }
    const roles = await grantedRoles(options, asked, credentials, identity);
    if (asked.compared !== undefined)
      roles.push(...(await grantedRoles(options, { ...asked, endpoint: asked.compared }, credentials, identity)));
    options.forcedErrors?.(endpoint, request.headers);
    if (asked.body !== undefined) await restrictions.checkBody(endpoint.operation_id, asked.body, correlation_id);
    return { user_id: identity?.user_id ?? '', consumer_id: identity?.consumer_id ?? '', bank_id, roles };
  };
}

/** Who calls. Credentials that are not accepted leave an event, as a wrong password does. */
async function identityOf(
  credentials: Credentials | undefined,
  { correlation_id }: AdmissionRequest,
  trail: Pick<Trail, 'record'>,
): Promise<Identity | undefined> {
  try {
    return await credentials?.identify(correlation_id);
  } catch (error) {
    if (credentials !== undefined && error instanceof ObpFailure && isRefused.has(failureStatus(error.failure)))
      recordBadLogin(trail, credentials.type, correlation_id, error.failure);
    throw error;
  }
}

/** The statuses of credentials that were read and not accepted. */
const isRefused: ReadonlySet<number> = new Set([400, 401, 403]);

/** The roles that open the operation: roles held before, roles granted a moment ago, and roles granted just in time. */
async function grantedRoles(
  options: AdmissionOptions,
  { endpoint, bank_id, correlation_id }: AdmissionRequest,
  credentials: Credentials | undefined,
  identity: Identity | undefined,
): Promise<Role[]> {
  const requirement: Requirement = {
    access: endpoint.access === Access.PUBLIC ? 'public' : 'user',
    roles: endpoint.roles as readonly number[],
  };
  const decide = (holder: Identity | undefined): Decision =>
    decideWithScopes(requirement, holder ?? nobody, bank_id, options.scopes);
  let decision = decide(identity);
  if ('missing' in decision && credentials !== undefined) {
    const fresh = await credentials.refresh(correlation_id);
    decision = decide(fresh);
    if ('missing' in decision && decision.missing === 'user')
      decision = (await inTime(options, { requirement, fresh, bank_id, correlation_id }, decide)) ?? decision;
  }
  if ('granted' in decision) return decision.granted;
  const refusal = new ObpFailure(
    decision.missing === 'user' ? Failure.FAILURE_USER_HAS_MISSING_ROLES : Failure.FAILURE_CONSUMER_HAS_MISSING_ROLES,
    missingRoles(requirement.roles, bank_id),
  );
  recordRefusal(
    options.trail,
    endpoint,
    {
      claims: { user_id: identity?.user_id ?? '', consumer_id: identity?.consumer_id ?? '', bank_id, roles: [] },
      correlation_id,
    },
    refusal,
  );
  throw refusal;
}

interface InTime {
  readonly requirement: Requirement;
  readonly fresh: Identity;
  readonly bank_id: string;
  readonly correlation_id: string;
}

/** Grants a missing role just in time, if the caller may have it and the call then passes. */
async function inTime(
  { grantJustInTime, scopes }: AdmissionOptions,
  { requirement, fresh, bank_id, correlation_id }: InTime,
  decide: (holder: Identity) => Decision,
): Promise<Decision | undefined> {
  if (grantJustInTime === undefined) return undefined;
  // Only roles that count themselves decide what may be granted.
  const counting = fresh.roles.filter(
    ({ role, bank_id: at }) =>
      !scopes.needsScope(role) || fresh.scopes.some((scope) => scope.role === role && scope.bank_id === at),
  );
  const role = roleInTime(requirement.roles, counting, bank_id);
  if (role === undefined) return undefined;
  const decision = decide({ ...fresh, roles: [...fresh.roles, role] });
  if ('granted' in decision) await grantJustInTime(fresh, role, correlation_id);
  return decision;
}

const nobody = { roles: [], scopes: [] } as const;

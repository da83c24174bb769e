import type { IncomingHttpHeaders } from 'node:http';
import { Access, Feature } from '@platform/descriptors';
import type { Endpoint } from '@platform/endpoints';
import { type Claims, decide, missingRoles, type Requirement } from '@platform/entitlements';
import { fail } from '@platform/failure';
import { Failure, type Identity, type Role } from '@platform/messages';
import { readCredentials } from '../auth/credentials.js';
import type { Sessions } from '../auth/sessions.js';

/** Which switchable features this instance has. */
export type Features = Readonly<Partial<Record<Feature, boolean>>>;

/** What a switched-off feature answers. */
const switchedOff: Readonly<Partial<Record<Feature, Failure>>> = {
  [Feature.CUSTOMER_FIREHOSE]: Failure.FAILURE_CUSTOMER_FIREHOSE_NOT_ALLOWED,
  [Feature.SANDBOX_IMPORT]: Failure.FAILURE_DATA_IMPORT_DISABLED,
};

export interface Question {
  readonly endpoint: Endpoint;
  readonly headers: IncomingHttpHeaders;
  /** The request's bank; empty when the operation has none. */
  readonly bank_id: string;
  readonly correlation_id: string;
  /** Checks that come after the login and before everything else: the ids inside a POST body. */
  readonly checkBody?: () => void;
}

/**
 * The checks between the route and the body's shape, in the one order of every operation: login, ids in the body,
 * feature, bank, role.
 * @returns what is true of the caller, for the assertion that the service will check again
 */
export type Admit = (question: Question) => Promise<Claims>;

export function createAdmission(sessions: Sessions, features: Features): Admit {
  return async ({ endpoint, headers, bank_id, correlation_id, checkBody }) => {
    const credentials = readCredentials(headers);
    const anonymous = credentials.kind === 'none';
    if (anonymous && endpoint.access !== Access.PUBLIC) fail(Failure.FAILURE_USER_NOT_LOGGED_IN);
    const identity = anonymous ? undefined : await sessions.identify(credentials.token, correlation_id);
    checkBody?.();
    const off = switchedOff[endpoint.feature];
    if (off !== undefined && features[endpoint.feature] !== true) fail(off);
    if (endpoint.bank_scoped && !(await sessions.bankExists(bank_id, correlation_id))) {
      fail(Failure.FAILURE_BANK_NOT_FOUND, ` Current BankId is ${bank_id}`);
    }
    const requirement: Requirement = { access: endpoint.access === Access.PUBLIC ? 'public' : 'user', roles: endpoint.roles as readonly number[] };
    const roles =
      granted(requirement, identity, bank_id) ??
      (anonymous ? undefined : granted(requirement, await sessions.refresh(credentials.token, correlation_id), bank_id)) ??
      fail(Failure.FAILURE_USER_HAS_MISSING_ROLES, missingRoles(requirement.roles, bank_id));
    return { user_id: identity?.user_id ?? '', consumer_id: identity?.consumer_id ?? '', bank_id, roles };
  };
}

function granted(requirement: Requirement, identity: Identity | undefined, bank_id: string): Role[] | undefined {
  return decide(requirement, identity?.roles ?? [], bank_id);
}

import { Failure } from '@platform/descriptors';
import type { Endpoint, Verb } from '../endpoint.js';
import { needsLogin } from './vocabulary.js';

/** Failures that the edge may answer to any operation: the call was malformed, too large, too slow or over a limit. */
export const anyCall: readonly Failure[] = [
  Failure.REQUEST_TIMEOUT,
  Failure.BODY_TOO_LARGE,
  Failure.BODY_ENCODING_NOT_SUPPORTED,
  Failure.TOO_BUSY,
  Failure.HEADERS_TOO_LARGE,
];

const anyAddress = [
  Failure.INVALID_URL_PARAMETERS,
  Failure.DUPLICATE_QUERY_PARAMETERS,
  Failure.DUPLICATE_HEADER_KEYS,
  Failure.URI_NOT_FOUND,
];
/** Failures of credentials; they are checked even where none are needed. */
const anyLogin = [
  Failure.DIRECT_LOGIN_PARAMETERS_MISSING,
  Failure.AUTHENTICATION_TYPE_ILLEGAL,
  Failure.DIRECT_LOGIN_TOKEN_INVALID,
  Failure.AUTHORIZATION_HEADER_NOT_SUPPORTED,
  Failure.CONSUMER_DISABLED,
  Failure.USER_LOCKED,
];

/** Whether `If-Match` counts for requests of the verb. */
export function isConditional(verb: Verb): boolean {
  return verb === 'PUT' || verb === 'DELETE';
}

/**
 * The failures that the edge may answer before the operation runs, in addition to those in the operation's own list.
 */
export function edgeFailures(endpoint: Endpoint): Failure[] {
  const {
    bank_scoped,
    body,
    query,
    roles,
    routes: [{ verb }],
  } = endpoint;
  return [
    ...anyAddress,
    ...(verb === 'GET' ? [] : [Failure.INVALID_JSON_FORMAT]),
    ...(body === undefined ? [] : [Failure.BODY_AGAINST_SCHEMA]),
    ...(query.length === 0 ? [] : [Failure.INVALID_FILTER_PARAMETERS]),
    ...(needsLogin(endpoint) ? [Failure.USER_NOT_LOGGED_IN] : []),
    ...anyLogin,
    ...(bank_scoped ? [Failure.BANK_NOT_FOUND] : []),
    ...(roles.length === 0 ? [] : [Failure.USER_HAS_MISSING_ROLES]),
    ...(isConditional(verb) ? [Failure.PRECONDITION_FAILED] : []),
    ...anyCall,
    Failure.UNKNOWN_ERROR,
  ];
}

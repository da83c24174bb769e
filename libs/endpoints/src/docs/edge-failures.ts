import { Failure } from '@platform/descriptors';
import type { Endpoint } from '../endpoint.js';
import { needsLogin } from './vocabulary.js';

/** What the edge answers to any call, whatever the operation: the call was not well-formed, too large, too slow or one too many. */
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
/** Of credentials, which are looked at even where none are needed. */
const anyLogin = [
  Failure.DIRECT_LOGIN_PARAMETERS_MISSING,
  Failure.AUTHENTICATION_TYPE_ILLEGAL,
  Failure.DIRECT_LOGIN_TOKEN_INVALID,
  Failure.AUTHORIZATION_HEADER_NOT_SUPPORTED,
  Failure.CONSUMER_DISABLED,
  Failure.USER_LOCKED,
];

/** The failures that stand between a client and the operation itself, beside those that its own list names. */
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
    ...anyCall,
    Failure.UNKNOWN_ERROR,
  ];
}

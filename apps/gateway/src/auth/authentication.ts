import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { AuthRequest, Credentials } from './caller.js';
import { readToken } from './credentials.js';
import type { Sessions } from './sessions.js';

/** The credentials of a request; undefined when it has none. @throws ObpFailure OBP-20080 for a kind that is not served */
export type Authenticate = (request: AuthRequest) => Credentials | undefined;

export interface AuthenticationOptions {
  readonly sessions: Sessions;
  /** DirectLogin tokens are taken. */
  readonly direct_login: boolean;
  /** Absent: bearer tokens are not accepted. */
  readonly oidc?: (token: string) => Credentials;
  /** A call signed by OAuth 1.0a. */
  readonly oauth: (request: AuthRequest) => Credentials;
}

/** Headers of login methods that this platform does not support. */
const unserved = ['consent-jwt', 'consent-id', 'dauth'] as const;

/** Finds the login method that a request uses, in OBP's order. */
export function createAuthentication({ sessions, direct_login, oidc, oauth }: AuthenticationOptions): Authenticate {
  return (request) => {
    const { headers } = request;
    const { authorization = '' } = headers;
    if (unserved.some((name) => headers[name] !== undefined)) return refuse();
    if (/^\s*oauth\b/i.test(authorization)) return oauth(request);
    const bearer = /^\s*bearer\b\s*(.*)$/is.exec(authorization);
    if (bearer !== null)
      return oidc === undefined ? fail(Failure.FAILURE_OAUTH2_NOT_ALLOWED) : oidc((bearer[1] as string).trim());
    if (direct_login) {
      const token = readToken(headers);
      if (token !== undefined) return directLogin(sessions, token);
    }
    return headers.authorization === undefined && headers['directlogin'] === undefined ? undefined : refuse();
  };
}

function directLogin(sessions: Sessions, token: string): Credentials {
  return {
    type: 'DirectLogin',
    identify: (correlation_id) => sessions.identify(token, correlation_id),
    refresh: (correlation_id) => sessions.refresh(token, correlation_id),
  };
}

function refuse(): never {
  return fail(Failure.FAILURE_AUTHORIZATION_HEADER_NOT_SUPPORTED);
}

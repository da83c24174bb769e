import { ObpFailure } from '@platform/failure';
import { rpc } from '@platform/grpc';
import { Failure, OAuthServiceDefinition } from '@platform/messages';
import type { AddressLimits } from '../../guards/address-limits.js';
import type { EdgeCall, EdgeRoute } from '../../http/edge-route.js';
import type { DirectoryCall } from '../caller.js';
import type { Csrf } from './csrf.js';
import { loginPage, redirect, refusalPage, verifierPage } from './login-page.js';
import type { Page } from './page.js';

const getOAuthRequest = rpc(OAuthServiceDefinition, 'getOAuthRequest');
const authorizeOAuth = rpc(OAuthServiceDefinition, 'authorizeOAuth');

const path = '/oauth/authorize';
/** Failures after which the login page is shown again, instead of a final page. */
const again: Readonly<Partial<Record<Failure, { readonly status: number; readonly error: string }>>> = {
  [Failure.FAILURE_INVALID_LOGIN_CREDENTIALS]: { status: 401, error: 'The username or the password is not right.' },
  [Failure.FAILURE_USER_LOCKED]: {
    status: 401,
    error: 'The account has been locked, please contact an administrator!',
  },
  [Failure.FAILURE_INVALID_JSON_FORMAT]: {
    status: 400,
    error: 'The username or the password is too long or has characters that cannot be used.',
  },
  [Failure.FAILURE_TOO_MANY_REQUESTS]: {
    status: 429,
    error: 'Too many logins came from your address. Please try again later.',
  },
  [Failure.FAILURE_TOO_BUSY]: { status: 429, error: 'Too many people log in at this moment. Please try again.' },
};
const stale = {
  status: 400,
  error: 'This form was too old or made for another browser. Please log in again; cookies must be allowed.',
} as const;

/** GET and POST /oauth/authorize: the page on which a user logs in and so agrees to an application's request. */
export function authorizeRoutes(call: DirectoryCall, addresses: AddressLimits, csrf: Csrf): EdgeRoute[] {
  const renderForm = async (
    { request, correlation_id }: EdgeCall,
    oauth_token: string,
    { status = 200, username = '', error = '' } = {},
  ): Promise<Page> => {
    const { app_name, callback } = await call(getOAuthRequest, { token: oauth_token }, correlation_id);
    const { value, set } = csrf.cookie(request.headers.cookie);
    return loginPage(status, {
      app_name,
      callback,
      oauth_token,
      csrf: csrf.field(value, oauth_token),
      set_cookie: set,
      username,
      error,
    });
  };

  const logIn = async (edge: EdgeCall): Promise<Page> => {
    const { form, request, correlation_id } = edge;
    const token = only(form, 'oauth_token');
    const username = only(form, 'username');
    if (!csrf.isGood(request.headers.cookie, token, only(form, 'csrf')))
      return renderForm(edge, token, { ...stale, username });
    try {
      const login = { token, username, password: only(form, 'password') };
      const { verifier, callback } = await addresses.logIn('OAuth1.0a', edge, () => {
        edge.stopIfGone();
        return call(authorizeOAuth, login, correlation_id);
      });
      return callback === 'oob' ? verifierPage(verifier) : redirect(callback, token, verifier);
    } catch (error) {
      const reason = error instanceof ObpFailure ? again[error.failure] : undefined;
      if (reason === undefined) throw error;
      return renderForm(edge, token, { ...reason, username: username.slice(0, 512) });
    }
  };

  return [
    {
      verb: 'GET',
      path,
      versioned: false,
      urgency: 'login',
      answer: (edge) => refusing(() => renderForm(edge, only(edge.query, 'oauth_token'))),
    },
    { verb: 'POST', path, versioned: false, urgency: 'login', answer: (edge) => refusing(() => logIn(edge)) },
  ];
}

/** Shows a page of its own for a login that cannot continue. */
async function refusing(work: () => Promise<Page>): Promise<Page> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ObpFailure) || error.failure !== Failure.FAILURE_OAUTH_NOT_ACCEPTED) throw error;
    return refusalPage(400, error.detail.replace(/^ OAuth 1\.0a: t/, 'T'));
  }
}

/** The value of a parameter that may come only once: of two values, the server must not guess which one counts. */
function only(parameters: URLSearchParams, name: string): string {
  const values = parameters.getAll(name);
  return values.length === 1 ? (values[0] as string) : '';
}

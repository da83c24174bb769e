import { failureStatus, ObpFailure } from '@platform/failure';
import { rpc } from '@platform/grpc';
import { Failure, OAuthServiceDefinition, type OAuthToken, type SignedRequest } from '@platform/messages';
import type { AddressLimits } from '../../guards/address-limits.js';
import type { EdgeAnswer, EdgeCall, EdgeRoute } from '../../http/edge-route.js';
import type { DirectoryCall } from '../caller.js';
import { OAuthFault } from './oauth-fault.js';
import { readSigned } from './signed-request.js';

const initiateOAuth = rpc(OAuthServiceDefinition, 'initiateOAuth');
const exchangeOAuthToken = rpc(OAuthServiceDefinition, 'exchangeOAuthToken');

/** POST /oauth/initiate and POST /oauth/token: signed requests are answered with forms, failures with plain text. */
export function tokenRoutes(call: DirectoryCall, addresses: AddressLimits, public_url: string): EdgeRoute[] {
  return [
    {
      verb: 'POST',
      path: '/oauth/initiate',
      versioned: false,
      urgency: 'login',
      answer: (edge) =>
        answerTo(edge, public_url, ['oauth_callback'], async (signed) => {
          await addresses.take('OAuth1.0a', edge);
          return {
            ...parametersOf(await call(initiateOAuth, { signed }, edge.correlation_id)),
            oauth_callback_confirmed: 'true',
          };
        }),
    },
    {
      verb: 'POST',
      path: '/oauth/token',
      versioned: false,
      urgency: 'login',
      answer: (edge) =>
        answerTo(edge, public_url, ['oauth_token', 'oauth_verifier'], async (signed) =>
          parametersOf(await call(exchangeOAuthToken, { signed }, edge.correlation_id)),
        ),
    },
  ];
}

type Work = (signed: SignedRequest) => Promise<Record<string, string>>;

async function answerTo(
  { request, form }: EdgeCall,
  public_url: string,
  needed: Parameters<typeof readSigned>[2],
  work: Work,
): Promise<EdgeAnswer> {
  try {
    const signed = readSigned(
      { headers: request.headers, verb: request.method ?? '', url: request.url ?? '', form },
      public_url,
      needed,
    );
    return text(200, 'application/x-www-form-urlencoded', new URLSearchParams(await work(signed)).toString());
  } catch (error) {
    if (error instanceof OAuthFault) return refusal(400, `OAuth 1.0a: ${error.message}`, public_url);
    if (!(error instanceof ObpFailure)) throw error;
    const own = error.failure === Failure.FAILURE_OAUTH_NOT_ACCEPTED;
    return refusal(failureStatus(error.failure), own ? error.detail.trim() : error.message, public_url);
  }
}

function parametersOf({ token, token_secret }: OAuthToken): Record<string, string> {
  return { oauth_token: token, oauth_token_secret: token_secret };
}

function refusal(status: number, reason: string, realm: string): EdgeAnswer {
  return text(
    status,
    'text/plain;charset=utf-8',
    reason,
    status === 401 ? { 'WWW-Authenticate': `OAuth realm="${realm}"` } : {},
  );
}

function text(status: number, type: string, content: string, headers: Record<string, string> = {}): EdgeAnswer {
  return { status, headers: { 'Content-Type': type, ...headers }, text: content };
}

import { fail } from '@platform/failure';
import { rpc } from '@platform/grpc';
import { Failure, type Identity, OAuthServiceDefinition, type SignedRequest } from '@platform/messages';
import type { AddressLimits } from '../../guards/address-limits.js';
import type { EdgeRoute } from '../../http/edge-route.js';
import type { AuthRequest, Credentials, DirectoryCall } from '../caller.js';
import { authorizeRoutes } from './authorize-routes.js';
import { createCsrf } from './csrf.js';
import { OAuthFault } from './oauth-fault.js';
import { readSigned } from './signed-request.js';
import { tokenRoutes } from './token-routes.js';

const verifyOAuthCall = rpc(OAuthServiceDefinition, 'verifyOAuthCall');

export interface OAuthOptions {
  readonly call: DirectoryCall;
  readonly addresses: AddressLimits;
  /** The URL by which clients reach this instance; it is part of what they sign. */
  readonly public_url: string;
  /** Shared by all gateways. */
  readonly secret: string;
}

/** OAuth 1.0a by RFC 5849: its endpoints, and the credentials of signed calls. The secrets stay in the directory. */
export interface OAuth {
  /** @throws ObpFailure OBP-20001 for a request that is not signed correctly */
  credentials(request: AuthRequest): Credentials;
  readonly routes: readonly EdgeRoute[];
}

export function createOAuth({ call, addresses, public_url, secret }: OAuthOptions): OAuth {
  return {
    credentials(request) {
      const signed = readCall(request, public_url);
      let verified: Promise<Identity> | undefined;
      // A signature can be verified only once, and the identity it gives is current, so there is nothing to refresh.
      const verify = (correlation_id: string) => (verified ??= call(verifyOAuthCall, { signed }, correlation_id));
      return { type: 'OAuth1.0a', identify: verify, refresh: verify };
    },
    routes: [
      ...tokenRoutes(call, addresses, public_url),
      ...authorizeRoutes(call, addresses, createCsrf(secret, public_url.startsWith('https:'))),
    ],
  };
}

function readCall(request: AuthRequest, public_url: string): SignedRequest {
  try {
    return readSigned(request, public_url, ['oauth_token']);
  } catch (error) {
    if (error instanceof OAuthFault) return fail(Failure.FAILURE_OAUTH_NOT_ACCEPTED, ` OAuth 1.0a: ${error.message}`);
    throw error;
  }
}

import { type BoundService, bind } from '@platform/grpc';
import { OAuthServiceDefinition } from '@platform/messages';
import type { Parts } from '../parts.js';
import { exchange, verify } from './access-token.js';
import { authorize, describe, initiate } from './request-token.js';

/** OAuth 1.0a: issues tokens and verifies the signatures of applications. */
export function createOAuthService(parts: Parts): BoundService {
  return bind(OAuthServiceDefinition, {
    initiateOAuth: ({ signed }) => initiate(parts, signed),
    getOAuthRequest: ({ token }) => describe(parts, token),
    authorizeOAuth: (request, { correlation_id }) => authorize(parts, request, correlation_id),
    exchangeOAuthToken: ({ signed }) => exchange(parts, signed),
    verifyOAuthCall: ({ signed }) => verify(parts, signed),
  });
}

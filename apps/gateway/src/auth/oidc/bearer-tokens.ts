import { rpc } from '@platform/grpc';
import { type Identity, IdentityServiceDefinition } from '@platform/messages';
import { type Clock, createLookups, systemClock } from '@platform/runtime';
import type { Credentials, DirectoryCall } from '../caller.js';
import type { Issuer } from './issuers.js';
import { createVerifyToken, hashOf } from './verify-token.js';

const resolveExternalUser = rpc(IdentityServiceDefinition, 'resolveExternalUser');

/** Shorter than one second, the time within which a revoked role must stop working. */
const ttl_ms = 900;

export interface BearerTokensOptions {
  readonly issuers: readonly Issuer[];
  readonly call: DirectoryCall;
  readonly clock?: Clock;
}

/**
 * Logins by the ID tokens and JWT access tokens of trusted issuers. The directory creates user and application when it
 * first sees them.
 */
export function createBearerTokens({
  issuers,
  call,
  clock = systemClock,
}: BearerTokensOptions): (token: string) => Credentials {
  const verify = createVerifyToken(issuers, clock);
  const identities = createLookups<Identity>({ name: 'bearer tokens', limit: 20_000, ttl_ms, clock });

  // Every call verifies the token first, so a cached identity is never used after its token has expired.
  const look = async (token: string, correlation_id: string, how: 'get' | 'renew'): Promise<Identity> => {
    const user = await verify(token);
    return identities[how](hashOf(token), () => call(resolveExternalUser, user, correlation_id));
  };

  return (token) => ({
    type: 'OAuth2_OIDC',
    identify: (correlation_id) => look(token, correlation_id, 'get'),
    refresh: (correlation_id) => look(token, correlation_id, 'renew'),
  });
}

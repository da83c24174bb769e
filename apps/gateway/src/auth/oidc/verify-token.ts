import { createHash } from 'node:crypto';
import { fail } from '@platform/failure';
import { Failure, type ResolveExternalUserRequest } from '@platform/messages';
import { type Clock, createCache } from '@platform/runtime';
import { audienceOf, checkClaims, issuerOf } from './check-claims.js';
import { externalUserOf } from './external-user.js';
import type { Issuer } from './issuers.js';
import { readJwt, type UnverifiedJwt } from './read-jwt.js';

/**
 * Verifies a token of a trusted issuer and returns the user it speaks for.
 * @throws ObpFailure OBP-20202 to OBP-20208 or OBP-20214
 */
export type VerifyToken = (token: string) => Promise<ResolveExternalUserRequest>;

const remembered_ms = 60_000;

/** Verifies tokens. A valid token is not verified again for a minute, or until it expires. */
export function createVerifyToken(issuers: readonly Issuer[], clock: Clock): VerifyToken {
  const known = createCache<{ found: Promise<ResolveExternalUserRequest>; expires: number }>({
    limit: 10_000,
    ttl_ms: remembered_ms,
    clock,
  });
  return async (token) => {
    if (issuers.length === 0) fail(Failure.FAILURE_OAUTH2_JWKS_URL_MISSING);
    const key = hashOf(token);
    const entry = known.get(key);
    if (entry !== undefined && clock() < entry.expires) return entry.found;
    // All checks that need no key come before a key is fetched.
    const jwt = readJwt(token);
    const issuer =
      issuers.find((one) => one.issuer === issuerOf(jwt)) ?? fail(Failure.FAILURE_OAUTH2_TOKEN_NOT_RECOGNISED);
    checkClaims(jwt, issuer.audiences, clock());
    const found = verify(token, jwt, issuer, clock);
    known.set(key, { found, expires: Number(jwt.claims['exp']) * 1_000 });
    found.catch(() => known.delete(key));
    return found;
  };
}

/** The cache key of a token: never the token itself. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

async function verify(
  token: string,
  jwt: UnverifiedJwt,
  issuer: Issuer,
  clock: Clock,
): Promise<ResolveExternalUserRequest> {
  // The signature library is loaded only when the first signed token comes.
  const { verifySignature } = await import('./verify-signature.js');
  await verifySignature(token, issuer, clock);
  return externalUserOf(jwt, issuer.issuer, audienceOf(jwt.claims, issuer.audiences) as string);
}

import { createHash } from 'node:crypto';
import { fail } from '@platform/failure';
import { Failure, type ResolveExternalUserRequest } from '@platform/messages';
import { type Clock, createCache } from '@platform/runtime';
import { errors, jwtVerify, type LocalJWKSet } from 'jose';
import { audienceOf, checkClaims, issuerOf, tolerance_s } from './check-claims.js';
import { externalUserOf } from './external-user.js';
import type { Issuer } from './issuers.js';
import { algorithms, readJwt, type UnverifiedJwt } from './read-jwt.js';

/** Whom a token of a trusted issuer speaks for. @throws ObpFailure OBP-20202 to OBP-20208 or OBP-20214 */
export type VerifyToken = (token: string) => Promise<ResolveExternalUserRequest>;

const remembered_ms = 60_000;

/** Checks tokens; what was found good is not computed again for a minute, or until the token expires. */
export function createVerifyToken(issuers: readonly Issuer[], clock: Clock): VerifyToken {
  const known = createCache<{ found: Promise<ResolveExternalUserRequest>; expires: number }>({ limit: 10_000, ttl_ms: remembered_ms, clock });
  return async (token) => {
    if (issuers.length === 0) fail(Failure.FAILURE_OAUTH2_JWKS_URL_MISSING);
    const key = hashOf(token);
    const entry = known.get(key);
    if (entry !== undefined && clock() < entry.expires) return entry.found;
    // All that can be refused without a key is refused before one is fetched.
    const jwt = readJwt(token);
    const issuer = issuers.find((one) => one.issuer === issuerOf(jwt)) ?? fail(Failure.FAILURE_OAUTH2_TOKEN_NOT_RECOGNISED);
    checkClaims(jwt, issuer.audiences, clock());
    const found = verify(token, jwt, issuer, clock);
    known.set(key, { found, expires: Number(jwt.claims['exp']) * 1_000 });
    found.catch(() => known.delete(key));
    return found;
  };
}

/** What a token is remembered by: never the token itself. */
export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

async function verify(token: string, jwt: UnverifiedJwt, issuer: Issuer, clock: Clock): Promise<ResolveExternalUserRequest> {
  const keys = await issuer.keys.current();
  try {
    await verifyBy(keys, token, issuer, clock);
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) return refuse(error);
    // The issuer may have a new key since.
    const newer = (await issuer.keys.newer(keys)) ?? refuse(error);
    await verifyBy(newer, token, issuer, clock).catch(refuse);
  }
  return externalUserOf(jwt, issuer.issuer, audienceOf(jwt.claims, issuer.audiences) as string);
}

async function verifyBy(keys: LocalJWKSet, token: string, issuer: Issuer, clock: Clock): Promise<void> {
  await jwtVerify(token, keys, {
    algorithms: [...algorithms],
    issuer: issuer.issuer,
    audience: [...issuer.audiences],
    clockTolerance: tolerance_s,
    currentDate: new Date(clock()),
    requiredClaims: ['exp', 'sub'],
  });
}

function refuse(error: unknown): never {
  if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) return fail(Failure.FAILURE_OAUTH2_BAD_JWT);
  if (error instanceof errors.JWKSNoMatchingKey) return fail(Failure.FAILURE_OAUTH2_BAD_JOSE, 'No key of the issuer fits the token.');
  // With several keys the issuer has to say which.
  if (error instanceof errors.JWKSMultipleMatchingKeys) return fail(Failure.FAILURE_OAUTH2_BAD_JOSE, 'The token does not say which key signed it.');
  if (error instanceof errors.JWSSignatureVerificationFailed) return fail(Failure.FAILURE_OAUTH2_BAD_JOSE, 'The signature is wrong.');
  return fail(Failure.FAILURE_OAUTH2_JOSE_INTERNAL);
}

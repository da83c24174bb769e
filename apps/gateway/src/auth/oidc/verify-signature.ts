import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Clock } from '@platform/runtime';
import { errors, jwtVerify, type LocalJWKSet } from 'jose';
import { tolerance_s } from './check-claims.js';
import type { Issuer } from './issuers.js';
import { algorithms } from './read-jwt.js';

/** Verifies a token with the keys of its issuer. @throws ObpFailure OBP-20202, OBP-20204 or OBP-20206 to OBP-20208 */
export async function verifySignature(token: string, issuer: Issuer, clock: Clock): Promise<void> {
  const keys = await issuer.keys.current();
  try {
    await verifyBy(keys, token, issuer, clock);
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) return refuse(error);
    // The issuer may have published a new key meanwhile.
    const newer = (await issuer.keys.newer(keys)) ?? refuse(error);
    await verifyBy(newer, token, issuer, clock).catch(refuse);
  }
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
  if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed)
    return fail(Failure.FAILURE_OAUTH2_BAD_JWT);
  if (error instanceof errors.JWKSNoMatchingKey)
    return fail(Failure.FAILURE_OAUTH2_BAD_JOSE, 'No key of the issuer fits the token.');
  // If the issuer has several keys, the token has to name one.
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return fail(Failure.FAILURE_OAUTH2_BAD_JOSE, 'The token does not say which key signed it.');
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return fail(Failure.FAILURE_OAUTH2_BAD_JOSE, 'The signature is wrong.');
  return fail(Failure.FAILURE_OAUTH2_JOSE_INTERNAL);
}

import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { JsonObject, UnverifiedJwt } from './read-jwt.js';

/** Seconds by which the clocks of issuer and platform may differ. */
export const tolerance_s = 60;

/** @returns the issuer that the claims name @throws ObpFailure OBP-20204 without one */
export function issuerOf({ claims }: UnverifiedJwt): string {
  const { iss } = claims;
  return typeof iss === 'string' ? iss : bad('The token names no issuer.');
}

/**
 * Checks the claims of a token before its signature, so that no key is fetched for a token that is refused anyway.
 * @param audiences the token must name one of them
 * @throws ObpFailure OBP-20204 naming the claim that is wrong, never its value
 */
export function checkClaims({ claims }: UnverifiedJwt, audiences: readonly string[], now_ms: number): void {
  const now = now_ms / 1_000;
  const { exp } = claims;
  if (typeof exp !== 'number') bad('The token has no expiry.');
  if (exp <= now - tolerance_s) bad('The token is expired.');
  for (const name of ['nbf', 'iat'] as const) {
    const since = claims[name];
    if (since === undefined) continue;
    if (typeof since !== 'number') bad(`The claim ${name} is no number.`);
    if (since > now + tolerance_s) bad('The token is not valid yet.');
  }
  if (audienceOf(claims, audiences) === undefined) bad('The token is for another audience.');
  // These values are stored, so they must fit into their columns.
  for (const name of ['azp', 'client_id'])
    if (claims[name] !== undefined && shortText(claims[name]) === '')
      bad(`The claim ${name} is no text of 1 to 255 characters.`);
  if (shortText(claims['sub']) === '') bad('The token names no subject.');
  checkKind(claims);
}

/** The first configured audience that the token names. */
export function audienceOf({ aud }: JsonObject, audiences: readonly string[]): string | undefined {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return audiences.find((audience) => named.includes(audience));
}

/** The text if it can be stored: 1 to 255 characters without NUL or a lone surrogate; otherwise an empty string. */
export function shortText(value: unknown): string {
  return typeof value === 'string' && value.length <= 255 && !/\0/.test(value) && !/\p{Cs}/u.test(value) ? value : '';
}

/** Refresh, logout and event tokens come from the same issuer, often with the same audience, but are no logins. */
function checkKind(claims: JsonObject): void {
  const { typ } = claims;
  if (typ !== undefined && typ !== 'ID' && typ !== 'Bearer') bad('The token is of another type.');
  if (claims['events'] !== undefined) bad('The token is of another type.');
}

function bad(reason: string): never {
  return fail(Failure.FAILURE_OAUTH2_BAD_JWT, reason);
}

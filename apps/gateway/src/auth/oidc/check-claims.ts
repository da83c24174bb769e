import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { JsonObject, UnverifiedJwt } from './read-jwt.js';

/** Seconds by which the clocks of issuer and platform may differ. */
export const tolerance_s = 60;

/** @returns the claims' issuer @throws ObpFailure OBP-20204 without one */
export function issuerOf({ claims }: UnverifiedJwt): string {
  const { iss } = claims;
  return typeof iss === 'string' ? iss : bad('The token names no issuer.');
}

/**
 * Checks what a token says before its signature, so that a token that is refused anyway costs no key.
 * @param audiences those of which the token must name one
 * @throws ObpFailure OBP-20204 naming what is wrong, never the value
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
  // Where a value goes into a record, it must fit.
  for (const name of ['azp', 'client_id'])
    if (claims[name] !== undefined && shortText(claims[name]) === '')
      bad(`The claim ${name} is no text of 1 to 255 characters.`);
  if (shortText(claims['sub']) === '') bad('The token names no subject.');
  checkKind(claims);
}

/** The first configured audience that the token is meant for. */
export function audienceOf({ aud }: JsonObject, audiences: readonly string[]): string | undefined {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return audiences.find((audience) => named.includes(audience));
}

/** A text that a record takes: 1 to 255 characters without NUL or half a character; else empty. */
export function shortText(value: unknown): string {
  return typeof value === 'string' && value.length <= 255 && !/\0/.test(value) && !/\p{Cs}/u.test(value) ? value : '';
}

/** Refresh, logout and event tokens have the same issuer, and often the same audience, but log nobody in. */
function checkKind(claims: JsonObject): void {
  const { typ } = claims;
  if (typ !== undefined && typ !== 'ID' && typ !== 'Bearer') bad('The token is of another type.');
  if (claims['events'] !== undefined) bad('The token is of another type.');
}

function bad(reason: string): never {
  return fail(Failure.FAILURE_OAUTH2_BAD_JWT, reason);
}

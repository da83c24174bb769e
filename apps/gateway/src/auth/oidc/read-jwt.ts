import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A token's parts, read but not believed. */
export interface UnverifiedJwt {
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/** Signatures that only the issuer can make. HS* would make the issuer's public key a secret; `none` is none. */
export const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** Headers by which a token would choose the key that it is checked with, or change what is checked. */
const chosenByTheToken = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip'];

const maxLength = 8_192;
const plainId = /^[A-Za-z0-9._-]{1,255}$/;
/** Of ID tokens, and of access tokens by RFC 9068. */
const types = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];

/**
 * Reads a compact signed JWT without looking at its signature.
 * @throws ObpFailure OBP-20205 for what is no JWT, OBP-20206 for a header that must not be believed, OBP-20204 for another kind of token
 */
export function readJwt(token: string): UnverifiedJwt {
  if (token.length > maxLength)
    fail(Failure.FAILURE_OAUTH2_PARSE_ERROR, `The token is longer than ${maxLength} characters.`);
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) {
    // An unsigned token ends in a dot: it is told apart, because it is well-formed.
    if (!/^[\w-]+\.[\w-]+\.$/.test(token)) fail(Failure.FAILURE_OAUTH2_PARSE_ERROR, 'The token is no signed JWT.');
  }
  const [header, claims] = [readObject(parts[0] as string), readObject(parts[1] as string)];
  checkHeader(header);
  if (parts[2] === '') refuse('The token is not signed.');
  return { header, claims };
}

function checkHeader(header: JsonObject): void {
  if (typeof header['alg'] !== 'string' || !algorithms.includes(header['alg']))
    refuse('The algorithm is not accepted.');
  const chosen = chosenByTheToken.find((name) => Object.hasOwn(header, name));
  if (chosen !== undefined) refuse(`The header ${chosen} is not accepted.`);
  const { kid, typ } = header;
  if (kid !== undefined && (typeof kid !== 'string' || !plainId.test(kid))) refuse('The key id is not plain.');
  if (!types.includes(typeof typ === 'string' ? typ.toLowerCase() : (typ as undefined)))
    fail(Failure.FAILURE_OAUTH2_BAD_JWT, 'The token is of another type.');
}

function readObject(part: string): JsonObject {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url'));
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Said below, without the token.
  }
  return fail(Failure.FAILURE_OAUTH2_PARSE_ERROR, 'The token is no signed JWT.');
}

function refuse(reason: string): never {
  return fail(Failure.FAILURE_OAUTH2_BAD_JOSE, reason);
}

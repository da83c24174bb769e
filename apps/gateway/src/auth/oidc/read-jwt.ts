import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The parts of a token, decoded but not verified. */
export interface UnverifiedJwt {
  readonly header: JsonObject;
  readonly claims: JsonObject;
}

/** Signatures only the issuer can make. With HS* its public key would be the secret; `none` is no signature. */
export const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** Headers by which a token would choose the key that verifies it, or change what is verified. */
const chosenByTheToken = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip'];

const maxLength = 8_192;
const plainId = /^[A-Za-z0-9._-]{1,255}$/;
/** The types of ID tokens, and of access tokens by RFC 9068. */
const types = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];

/**
 * Decodes a compact signed JWT without verifying its signature.
 * @throws ObpFailure OBP-20205 if it is no JWT, OBP-20206 for a header that must not be trusted, OBP-20204 for another
 * kind of token
 */
export function readJwt(token: string): UnverifiedJwt {
  if (token.length > maxLength)
    fail(Failure.FAILURE_OAUTH2_PARSE_ERROR, `The token is longer than ${maxLength} characters.`);
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) {
    // An unsigned token ends in a dot. It is well-formed, so it gets a different error.
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
    // The error is thrown below, without the token.
  }
  return fail(Failure.FAILURE_OAUTH2_PARSE_ERROR, 'The token is no signed JWT.');
}

function refuse(reason: string): never {
  return fail(Failure.FAILURE_OAUTH2_BAD_JOSE, reason);
}

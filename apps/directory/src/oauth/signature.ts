import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SignedRequest } from '@platform/messages';
import { percentEncode } from '@platform/runtime';

/** What a request is signed with. */
export interface Secrets {
  readonly consumer_secret: string;
  /** Empty while there is no token. */
  readonly token_secret: string;
}

const hashes: ReadonlyMap<string, string> = new Map([
  ['HMAC-SHA1', 'sha1'],
  ['HMAC-SHA256', 'sha256'],
]);

/** What the unknown are measured against, so that time does not tell who is known. */
const unknownSecrets: Secrets = { consumer_secret: randomBytes(32).toString('hex'), token_secret: '' };

export function isSignatureMethod(method: string): boolean {
  return hashes.has(method);
}

/**
 * Whether the request was signed with the secrets: RFC 5849, 3.4.2, and the same with SHA-256. Nothing is ever signed
 * with an empty consumer secret, nor when there are no secrets; either takes as long as a wrong signature.
 */
export function isSigned(
  { base_string, signature, signature_method }: SignedRequest,
  secrets: Secrets | undefined,
): boolean {
  const known = secrets !== undefined && secrets.consumer_secret !== '';
  const { consumer_secret, token_secret } = known ? secrets : unknownSecrets;
  const hmac = createHmac(
    hashes.get(signature_method) ?? 'sha256',
    `${percentEncode(consumer_secret)}&${percentEncode(token_secret)}`,
  );
  const expected = Buffer.from(hmac.update(base_string).digest('base64'));
  const given = Buffer.from(signature);
  const equal = given.length === expected.length && timingSafeEqual(given, expected);
  return equal && known;
}

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SignedRequest } from '@platform/messages';
import { percentEncode } from '@platform/runtime';

/** The secrets that sign a request. */
export interface Secrets {
  readonly consumer_secret: string;
  /** Empty as long as there is no token. */
  readonly token_secret: string;
}

const hashes: ReadonlyMap<string, string> = new Map([
  ['HMAC-SHA1', 'sha1'],
  ['HMAC-SHA256', 'sha256'],
]);

/** Used for unknown applications, so that the time does not reveal which ones exist. */
const unknownSecrets: Secrets = { consumer_secret: randomBytes(32).toString('hex'), token_secret: '' };

export function isSignatureMethod(method: string): boolean {
  return hashes.has(method);
}

/**
 * Whether the request was signed with the secrets: by RFC 5849, section 3.4.2, or the same with SHA-256. False if the
 * consumer secret is empty or if there are no secrets; both take as long as a wrong signature.
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

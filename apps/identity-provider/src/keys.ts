import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';

/** Private keys that live as long as the process: RSA for ID tokens, an elliptic curve for access tokens. */
export function generateKeys(): JsonWebKey[] {
  // The key ids differ at each start, so that clients which cached the former keys notice the change.
  const start = Date.now().toString(36);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey;
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return [
    { ...rsa.export({ format: 'jwk' }), kid: `rsa-${start}`, alg: 'RS256', use: 'sig' },
    { ...ec.export({ format: 'jwk' }), kid: `ec-${start}`, alg: 'ES256', use: 'sig' },
  ];
}

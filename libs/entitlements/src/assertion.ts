import { createHmac, timingSafeEqual } from 'node:crypto';
import { CallerAssertion } from '@platform/messages';

/** The binary metadata key that carries the assertion. */
export const callerKey = 'obp-caller-bin';

const signatureLength = 32;
/** Long enough for a queue and clocks a few seconds apart, short enough to be worthless to a thief. */
const lifetime_ms = 15_000;
const skew_ms = 5_000;

export type Claims = Pick<CallerAssertion, 'user_id' | 'consumer_id' | 'bank_id' | 'roles'> & Partial<Pick<CallerAssertion, 'service'>>;

/** Claims of a service that calls on its own behalf. */
export const serviceClaims: Claims = { user_id: '', consumer_id: '', bank_id: '', roles: [], service: true };

/** Signs what the issuer found true of a caller: 32 bytes of HMAC-SHA256, then the message. */
export function signAssertion(secret: string, issuer: string, claims: Claims, now: number): Buffer {
  const payload = CallerAssertion.encode({ service: false, ...claims, issuer, issued_at: now, expires_at: now + lifetime_ms }).finish();
  return Buffer.concat([mac(secret, payload), payload]);
}

/** A signed assertion may be used again for this long. */
const reuse_ms = 1_000;

/** Assertions of a service that calls on its own behalf, each signed for a second of calls. */
export function createServiceAssertion(secret: string, issuer: string, clock: () => number): () => Buffer {
  let signed: Buffer | undefined;
  let signed_at = -Infinity;
  return () => {
    const now = clock();
    if (signed === undefined || Math.abs(now - signed_at) >= reuse_ms) {
      signed = signAssertion(secret, issuer, serviceClaims, now);
      signed_at = now;
    }
    return signed;
  };
}

/** The assertion, or undefined when it is forged, malformed, expired or from the future. */
export function verifyAssertion(secret: string, bytes: Uint8Array, now: number): CallerAssertion | undefined {
  if (bytes.length <= signatureLength) return undefined;
  const payload = bytes.subarray(signatureLength);
  if (!timingSafeEqual(mac(secret, payload), bytes.subarray(0, signatureLength))) return undefined;
  const assertion = decode(payload);
  if (assertion === undefined) return undefined;
  return assertion.issuer !== '' && assertion.issued_at <= now + skew_ms && now < assertion.expires_at ? assertion : undefined;
}

/** Signed does not mean well-formed: a newer or broken peer may sign what this one cannot read. */
function decode(payload: Uint8Array): CallerAssertion | undefined {
  try {
    return CallerAssertion.decode(payload);
  } catch {
    return undefined;
  }
}

function mac(secret: string, payload: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(payload).digest();
}

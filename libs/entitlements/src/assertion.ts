import { createHmac, timingSafeEqual } from 'node:crypto';
import { CallerAssertion } from '@platform/messages';
import { type Clock, createCache } from '@platform/runtime';
import { secretsOf } from './caller-secret.js';

/** The binary metadata key that carries the assertion. */
export const callerKey = 'obp-caller-bin';

const signatureLength = 32;
/**
 * Long enough for waiting in a queue, for clocks that differ and for a paused process. An assertion is valid for one
 * rpc only.
 */
const lifetime_ms = 60_000;
const skew_ms = 60_000;

export type Claims = Pick<CallerAssertion, 'user_id' | 'consumer_id' | 'bank_id' | 'roles'> &
  Partial<Pick<CallerAssertion, 'service'>>;

/** Claims of a service that calls on its own behalf. */
export const serviceClaims: Claims = { user_id: '', consumer_id: '', bank_id: '', roles: [], service: true };

/**
 * Signs the issuer's claims about a caller, for one rpc: 32 bytes of HMAC-SHA256, then the message.
 * @param secret CALLER_SECRET
 * @param rpc "/obp.customers.v1.CustomerService/CreateCustomer"
 */
export function signAssertion(secret: string, issuer: string, claims: Claims, rpc: string, now: number): Buffer {
  const payload = CallerAssertion.encode({
    service: false,
    ...claims,
    issuer,
    rpc,
    issued_at: now,
    expires_at: now + lifetime_ms,
  }).finish();
  return Buffer.concat([mac(secretsOf(secret)[0], payload), payload]);
}

/** How long a signed assertion is reused. */
const reuse_ms = 1_000;
/** More than there are rpcs. */
const kept = 1_000;

/** Signs for an rpc, by its path. */
export type Sign = (rpc: string) => Buffer;

/** Signs for a service that calls on its own behalf. It signs at most once a second for each rpc. */
export function createServiceAssertion(secret: string, issuer: string, clock: Clock): Sign {
  const signed = createCache<Buffer>({ limit: kept, ttl_ms: reuse_ms, clock });
  return (rpc) => {
    const known = signed.get(rpc);
    if (known !== undefined) return known;
    const made = signAssertion(secret, issuer, serviceClaims, rpc, clock());
    signed.set(rpc, made);
    return made;
  };
}

export type Verified =
  | { readonly assertion: CallerAssertion }
  /** `untimely`: by this process's clock it is not valid yet, or no longer. */
  | { readonly refused: 'forged' | 'untimely' | 'another rpc'; readonly issuer?: string; readonly issued_at?: number };

/** Assertions whose signature was verified, by their byte array: a stream sends the same one with many calls. */
export type KnownAssertions = WeakMap<Uint8Array, CallerAssertion>;

/** Verifies an assertion's signature, rpc and time. */
export function verifyAssertion(
  secret: string,
  bytes: Uint8Array,
  rpc: string,
  now: number,
  known?: KnownAssertions,
): Verified {
  const assertion = known?.get(bytes) ?? signedBy(secret, bytes);
  if (assertion === undefined || assertion.issuer === '') return { refused: 'forged' };
  const { issuer, issued_at } = assertion;
  known?.set(bytes, assertion);
  if (assertion.rpc !== rpc) return { refused: 'another rpc', issuer };
  return issued_at <= now + skew_ms && now < assertion.expires_at
    ? { assertion }
    : { refused: 'untimely', issuer, issued_at };
}

function signedBy(secret: string, bytes: Uint8Array): CallerAssertion | undefined {
  if (bytes.length <= signatureLength) return undefined;
  const payload = bytes.subarray(signatureLength);
  const signature = bytes.subarray(0, signatureLength);
  return secretsOf(secret).some((accepted) => timingSafeEqual(mac(accepted, payload), signature))
    ? decode(payload)
    : undefined;
}

/**
 * A valid signature does not mean well-formed: a newer or faulty peer may sign a payload that this version cannot read.
 */
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

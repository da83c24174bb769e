import type { SignedRequest } from '@platform/messages';
import { autocommit, hasRow } from '@platform/persistence';
import type { Parts } from '../parts.js';
import { insertNonce } from './nonce.sql.js';
import { refuse } from './refuse.js';
import { isSignatureMethod, isSigned, type Secrets } from './signature.js';

/** How far a client's clock may differ. */
const tolerance_s = 300;
/** Nonces are kept for longer than any replica accepts their timestamps. */
const kept_s = 900;
const longest = {
  consumer_key: 512,
  token: 255,
  nonce: 255,
  signature: 255,
  verifier: 255,
  callback: 2_000,
  base_string: 100_000,
} as const;

/**
 * Checks a signed request as far as possible without knowing the signer. Values are used in look-ups even if they are
 * unknown, so they must be texts that the database accepts.
 * @throws ObpFailure OBP-20001
 */
export function checkSigned({ clock }: Parts, signed: SignedRequest): void {
  for (const name of Object.keys(longest) as (keyof typeof longest)[]) {
    if (signed[name].length > longest[name] || signed[name].includes('\0'))
      refuse(`the ${name} is too long or has a NUL character.`);
  }
  if (!isSignatureMethod(signed.signature_method)) refuse('the signature method must be HMAC-SHA1 or HMAC-SHA256.');
  if (signed.nonce === '') refuse('the nonce must have 1 to 255 characters.');
  if (!(Math.abs(clock() / 1_000 - signed.timestamp) <= tolerance_s))
    refuse(`the timestamp is more than ${tolerance_s} seconds off.`);
}

/**
 * Accepts a request once. The signature is checked first, so that forged requests store nothing.
 * @param signer undefined when the consumer or the token is unknown
 * @throws ObpFailure OBP-20001
 */
export async function accept<S extends Secrets & { readonly consumer_id: string }>(
  parts: Parts,
  signed: SignedRequest,
  signer: S | undefined,
): Promise<S> {
  if (!isSigned(signed, signer) || signer === undefined)
    return refuse('the consumer key, the token or the signature is not right.');
  if (!(await remember(parts, signed, signer.consumer_id))) refuse('the nonce has been used already.');
  return signer;
}

/** Replicas are coordinated by the unique key. Each new nonce deletes some old ones. */
function remember(
  { orm, clock }: Parts,
  { token, timestamp, nonce }: SignedRequest,
  consumer_id: string,
): Promise<boolean> {
  const values = [Math.floor(clock() / 1_000) - kept_s, consumer_id, token, timestamp, nonce];
  return autocommit(orm, {}, (em) => hasRow(em, insertNonce, values));
}

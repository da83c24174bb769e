import { ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';

/** Bytes of a request's headers, names and values. */
export const maxHeaderSize = 16_384;

/**
 * Whether headers are longer than is read. Node asks HTTP/1 requests only: from HTTP/2 it takes what it announces, and of a
 * client that has not acknowledged that yet anything.
 * @param raw names and values by turns
 */
export function areTooLong(raw: readonly string[]): boolean {
  return raw.reduce((sum, { length }) => sum + length, 0) > maxHeaderSize;
}

/** What too long headers are refused with: OBP-10034 with status 431. */
export function headersTooLong(): ObpFailure {
  return new ObpFailure(
    Failure.FAILURE_HEADERS_TOO_LARGE,
    ` The headers must not be longer than ${maxHeaderSize} bytes.`,
  );
}

const single = new Set(['host', 'authorization', 'directlogin', 'content-type', 'content-length', 'if-none-match']);

/**
 * Whether a header comes twice that may come once. Node merges or drops those: which of two credentials counts must never be
 * a guess.
 * @param raw names and values by turns
 */
export function repeatsHeader(raw: readonly string[]): boolean {
  const seen = new Set<string>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    if (!single.has(name)) continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

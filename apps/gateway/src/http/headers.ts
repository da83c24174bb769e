import { ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';

/** Bytes of a request's headers: names and values. */
export const maxHeaderSize = 16_384;

/**
 * Whether the headers are too long. Node checks this for HTTP/1 only. For HTTP/2 it accepts the size it announces, and
 * any size from a client that has not yet acknowledged the settings.
 * @param raw names and values in turn
 */
export function areTooLong(raw: readonly string[]): boolean {
  return raw.reduce((sum, { length }) => sum + length, 0) > maxHeaderSize;
}

/** The failure for headers that are too long: OBP-10034 with status 431. */
export function headersTooLong(): ObpFailure {
  return new ObpFailure(
    Failure.FAILURE_HEADERS_TOO_LARGE,
    ` The headers must not be longer than ${maxHeaderSize} bytes.`,
  );
}

const single = new Set(['host', 'authorization', 'directlogin', 'content-type', 'content-length', 'if-none-match']);

/**
 * Whether a header that may come only once comes twice. Node merges or drops duplicates; but of two credentials, the
 * server must not guess which one counts.
 * @param raw names and values in turn
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

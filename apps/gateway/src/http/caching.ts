type Headers = Readonly<Record<string, string | number>>;

/** By default responses are not stored: shared caches do not know our own login headers. */
export function unstored(now = new Date()): Record<string, string> {
  return { 'Cache-Control': 'no-cache, private, no-store', Pragma: 'no-cache', Expires: now.toUTCString() };
}

/** A response that is the same for all may be stored, but is revalidated each time: a new version is seen at once. */
export function revalidated(headers: Headers): Record<string, string | number> {
  return { ...silent(headers), 'Cache-Control': 'no-cache' };
}

/** The headers of a 304: without caching headers, so those of the stored response stay valid. */
export function silent(headers: Headers): Record<string, string | number> {
  const { 'Cache-Control': _control, Pragma: _pragma, Expires: _expires, ...others } = headers;
  return others;
}

type Headers = Readonly<Record<string, string | number>>;

/** Nobody keeps an answer unless it says otherwise: a login in a header of our own is nothing that shared caches know of. */
export function unstored(now = new Date()): Record<string, string> {
  return { 'Cache-Control': 'no-cache, private, no-store', Pragma: 'no-cache', Expires: now.toUTCString() };
}

/** What is the same for everybody may be kept, and is asked about each time: a new version is seen at once. */
export function revalidated(headers: Headers): Record<string, string | number> {
  return { ...silent(headers), 'Cache-Control': 'no-cache' };
}

/** A 304 leaves what was said of the answer as it is. */
export function silent(headers: Headers): Record<string, string | number> {
  const { 'Cache-Control': _control, Pragma: _pragma, Expires: _expires, ...others } = headers;
  return others;
}

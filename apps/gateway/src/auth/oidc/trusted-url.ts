const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Whether keys may be fetched from the URL: only by https, or by http from this machine, and without any part that
 * could be misused in a log or a redirect.
 */
export function isTrustedUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || text.includes('#')) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname));
}

/** Whether an issuer may name this URL for its keys: an issuer on another machine may not make us call this machine. */
export function mayLeadTo(issuer: string, url: string): boolean {
  return isTrustedUrl(url) && (new URL(url).protocol === 'https:' || new URL(issuer).protocol === 'http:');
}

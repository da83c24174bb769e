const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Whether keys may be fetched from the URL: by https, or by http from this machine alone, and with nothing in it that a log
 * or a redirect could misuse.
 */
export function isTrustedUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || text.includes('#')) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname));
}

/** Whether an issuer may send us to the URL for its keys: one that is elsewhere may not send us to this machine. */
export function mayLeadTo(issuer: string, url: string): boolean {
  return isTrustedUrl(url) && (new URL(url).protocol === 'https:' || new URL(issuer).protocol === 'http:');
}

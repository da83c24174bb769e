import { refuse } from './refuse.js';

/** The callback of an application that has no address to return to: the verifier is then shown to the user. */
export const outOfBand = 'oob';

const maxLength = 2_000;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Where the user returns after the login, in normal form. If the application has registered an address, the callback
 * must have the same origin, and its path must be the registered one or below it. Otherwise it may be any https
 * address, or http on the user's own machine.
 * @throws ObpFailure OBP-20001
 */
export function checkCallback(callback: string, registered: string): string {
  if (callback === outOfBand) return callback;
  const url = callback.length > maxLength ? undefined : callbackAddress(callback);
  if (url === undefined) return refuse('the callback must be oob or an http address without user and fragment.');
  // Some servers decode these characters, and would then use another path.
  if (/%(2e|2f|5c)/i.test(url.pathname))
    return refuse('the path of the callback must not hold encoded dots or slashes.');
  if (registered !== '')
    return isBelow(url, callbackAddress(registered))
      ? url.href
      : refuse("the callback is not below the application's registered redirect URL.");
  if (url.protocol === 'http:' && !loopback.has(url.hostname))
    return refuse('without a registered redirect URL the callback must be https, or http to localhost.');
  return url.href;
}

/** A URL that users may be sent to. Other characters in the host could inject content into a header. */
export function callbackAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || !/^([a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(url.hostname))
    return undefined;
  return url.username === '' && url.password === '' && !url.href.includes('#') ? url : undefined;
}

function isBelow(url: URL, registered: URL | undefined): boolean {
  if (registered === undefined || url.origin !== registered.origin) return false;
  return url.pathname === registered.pathname || url.pathname.startsWith(registered.pathname.replace(/\/?$/, '/'));
}

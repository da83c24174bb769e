import { refuse } from './refuse.js';

/** What an application gives that has no address to return to: the user is shown the verifier. */
export const outOfBand = 'oob';

const maxLength = 2_000;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Where the user returns to after the login, in its normal form. Where the application has registered an address, the
 * callback must lie there: the same origin, and the path at or below it. Otherwise it may be any https address, or http
 * on the user's own machine.
 * @throws ObpFailure OBP-20001
 */
export function checkCallback(callback: string, registered: string): string {
  if (callback === outOfBand) return callback;
  const url = callback.length > maxLength ? undefined : callbackAddress(callback);
  if (url === undefined) return refuse('the callback must be oob or an http address without user and fragment.');
  // Some servers take these for what they stand for, and so for another place.
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

/** An address that users may be sent to. A host with other characters than these could say something of its own in a header. */
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

import { faulty } from './oauth-fault.js';

/** The parameters of an Authorization header, decoded, without the realm. */
export type OAuthParameters = ReadonlyMap<string, string>;

const longest = 8_192;
const most = 32;
/** name="value", both percent-encoded; RFC 5849, 3.5.1. Unreserved characters may be unencoded. */
const parameter = /\s*([\w.~%-]+)\s*=\s*"([\x20\x21\x23-\x5b\x5d-\x7e]*)"\s*(,|$)/y;

/**
 * Reads `OAuth name="value", …`. A name that comes twice is refused: the server must not guess which one counts.
 * @throws OAuthFault
 */
export function readHeader(authorization: string): OAuthParameters {
  if (authorization.length > longest) faulty(`the Authorization header is longer than ${longest} characters.`);
  const parameters = new Map<string, string>();
  let at = /^\s*oauth\s*/i.exec(authorization)?.[0].length ?? 0;
  for (let separator = ','; separator === ',';) {
    parameter.lastIndex = at;
    const found = parameter.exec(authorization);
    if (found === null) return faulty('the Authorization header must have the form OAuth name="value", name="value".');
    const [whole, name, value] = found as unknown as [string, string, string];
    separator = found[3] as string;
    at += whole.length;
    if (/^realm$/i.test(name)) continue;
    const key = decode(name);
    if (parameters.has(key)) faulty('a parameter of the Authorization header comes twice.');
    parameters.set(key, decode(value));
    if (parameters.size > most) faulty(`the Authorization header has more than ${most} parameters.`);
  }
  return parameters;
}

function decode(text: string): string {
  let decoded: string | undefined;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    decoded = undefined;
  }
  if (decoded === undefined || /[\0-\x1f\x7f]/.test(decoded))
    return faulty('a parameter of the Authorization header is not well encoded.');
  return decoded;
}

import type { SignedRequest } from '@platform/messages';
import { baseString } from './base-string.js';
import { readHeader } from './header.js';
import { faulty } from './oauth-fault.js';

/** A request whose signature will be checked. */
export interface Request {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly verb: string;
  /** Path and query as they were sent. */
  readonly url: string;
  /** The body, if it is a form: then it is part of what is signed. */
  readonly form?: URLSearchParams;
}

/** The parameters that a kind of request needs besides its signature. */
type Needed = 'oauth_token' | 'oauth_callback' | 'oauth_verifier';

const always = [
  'oauth_consumer_key',
  'oauth_signature_method',
  'oauth_signature',
  'oauth_timestamp',
  'oauth_nonce',
] as const;
const most = 500;

/**
 * Parses a signed request. The directory holds the secrets, so the directory checks the signature.
 * @param public_url the URL by which clients reach this instance
 * @throws OAuthFault
 */
export function readSigned(request: Request, public_url: string, needed: readonly Needed[]): SignedRequest {
  const header = readHeader(String(request.headers['authorization'] ?? ''));
  const missing = [...always, ...needed].filter((name) => !header.has(name));
  if (missing.length > 0) faulty(`missing ${missing.join(', ')}.`);
  const value = (name: string): string => header.get(name) ?? '';
  if (!/^HMAC-SHA(1|256)$/.test(value('oauth_signature_method')))
    faulty('oauth_signature_method must be HMAC-SHA1 or HMAC-SHA256.');
  if (!/^(1\.0)?$/.test(value('oauth_version'))) faulty('oauth_version must be 1.0.');
  if (!/^[1-9]\d{0,11}$/.test(value('oauth_timestamp'))) faulty('oauth_timestamp must be in seconds since 1970.');
  return {
    base_string: signedText(request, public_url, header),
    signature_method: value('oauth_signature_method'),
    signature: value('oauth_signature'),
    consumer_key: value('oauth_consumer_key'),
    token: value('oauth_token'),
    timestamp: Number(value('oauth_timestamp')),
    nonce: value('oauth_nonce'),
    callback: value('oauth_callback'),
    verifier: value('oauth_verifier'),
  };
}

function signedText(
  { headers, verb, url, form }: Request,
  public_url: string,
  header: ReadonlyMap<string, string>,
): string {
  const mark = url.indexOf('?');
  const elsewhere = [...new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)), ...(form ?? [])];
  if (elsewhere.length > most) faulty(`more than ${most} parameters cannot be signed.`);
  if (elsewhere.some(([name]) => name.startsWith('oauth_')))
    faulty('the oauth_ parameters must be in the Authorization header.');
  const own = [...header].filter(([name]) => name !== 'oauth_signature');
  return baseString(verb, `${originOf(headers, public_url)}${mark < 0 ? url : url.slice(0, mark)}`, [
    ...own,
    ...elsewhere,
  ]);
}

/**
 * The origin that the client has signed. If the client names the host of the public URL, it is the public URL's origin.
 * Otherwise the client came another way, by 127.0.0.1 instead of localhost or without the proxy, and has signed http
 * and the host it names. A proxy in front must therefore forward the Host header.
 */
function originOf(headers: Request['headers'], public_url: string): string {
  const host = headers['host'] ?? headers[':authority'];
  const known = addressOf(public_url);
  if (host === undefined) return known?.origin ?? faulty('the Host header is missing.');
  if (typeof host !== 'string' || !/^[\w.:[\]-]+$/.test(host)) return faulty('the Host header is not well formed.');
  // Compared with the public URL's scheme, so its default port may be given or not.
  if (known !== undefined && addressOf(`${known.protocol}//${host}`)?.host === known.host) return known.origin;
  return addressOf(`http://${host}`)?.origin ?? faulty('the Host header is not well formed.');
}

function addressOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

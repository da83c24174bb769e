import { commaList, ConfigurationError } from '@platform/runtime';
import { isTrustedUrl } from './trusted-url.js';

/** An identity provider whose tokens are accepted. */
export interface TrustedIssuer {
  /** The name that clients know it by; undefined: derived from its kind or host. */
  readonly name: string | undefined;
  /** Exactly as in its tokens. */
  readonly issuer: string;
  /** A token must name one of them. */
  readonly audiences: readonly string[];
  /** The URL of its keys; undefined: taken from its discovery document. */
  readonly jwks_uri: string | undefined;
}

/**
 * Reads OIDC_ISSUERS: entries separated by commas, each `[name=]issuer audience [jwks_uri]`, several audiences joined by `|`.
 * @throws ConfigurationError naming every entry that is not in this form
 */
export function readIssuers(text: string): TrustedIssuer[] {
  const entries = commaList(text);
  const faults: string[] = [];
  const issuers = entries.map((entry, index) =>
    readIssuer(entry, (fault) => faults.push(`OIDC_ISSUERS, entry ${index + 1}: ${fault}`)),
  );
  for (const [index, { issuer, name }] of issuers.entries()) {
    if (issuers.findIndex((other) => other.issuer === issuer) < index)
      faults.push(`OIDC_ISSUERS, entry ${index + 1}: ${issuer} is there twice; join its audiences by |`);
    if (name !== undefined && issuers.findIndex((other) => other.name === name) < index)
      faults.push(`OIDC_ISSUERS, entry ${index + 1}: another issuer is called ${name} already`);
  }
  if (faults.length > 0) throw new ConfigurationError(faults);
  return issuers;
}

function readIssuer(entry: string, fault: (reason: string) => void): TrustedIssuer {
  const [, name, plain = ''] = /^(?:([A-Za-z0-9][A-Za-z0-9._-]{0,49})=)?(.*)$/s.exec(entry) ?? [];
  const [issuer = '', audience = '', jwks_uri, ...rest] = plain.split(/\s+/);
  const audiences = audience.split('|').filter((one) => one !== '');
  if (!isTrustedUrl(issuer) || issuer.length > 255 || /[?]/.test(issuer))
    fault(
      'the issuer must be an https:// URL of at most 255 characters, or http:// on a loopback address, without a query',
    );
  if (audiences.length === 0) fault('an audience must follow the issuer');
  if (audiences.some((one) => one.length > 255)) fault('an audience must have at most 255 characters');
  if (jwks_uri !== undefined && !isTrustedUrl(jwks_uri))
    fault('the JWKS URI must be an https:// URL, or http:// on a loopback address');
  if (rest.length > 0) fault('more than issuer, audience and JWKS URI');
  return { name, issuer, audiences, jwks_uri };
}

import { type Clock, type Logger, systemClock } from '@platform/runtime';
import type { Fetch } from './fetch-json.js';
import { createIssuerKeys, type IssuerKeys } from './issuer-keys.js';
import { readIssuers, type TrustedIssuer } from './trusted-issuers.js';

/** A trusted issuer with its keys. */
export interface Issuer extends TrustedIssuer {
  readonly keys: IssuerKeys;
}

export interface IssuersOptions {
  readonly log: Logger;
  readonly clock?: Clock;
  /** Fetches the keys; tests replace it to count fetches. */
  readonly fetch?: Fetch;
}

/** The issuers in OIDC_ISSUERS. Keys are fetched only when a token needs them. @throws ConfigurationError */
export function openIssuers(
  text: string,
  { log, clock = systemClock, fetch = globalThis.fetch }: IssuersOptions,
): Issuer[] {
  return readIssuers(text).map((trusted) => ({ ...trusted, keys: createIssuerKeys({ trusted, fetch, clock, log }) }));
}

import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Clock, Logger } from '@platform/runtime';
import type { JSONWebKeySet, LocalJWKSet } from 'jose';
import { type Fetch, fetchJson } from './fetch-json.js';
import type { TrustedIssuer } from './trusted-issuers.js';
import { mayLeadTo } from './trusted-url.js';

/** The public keys of an issuer, fetched when they are needed. */
export interface IssuerKeys {
  /** The keys, at most 10 minutes old. @throws ObpFailure OBP-20202, 20207 or 20208 when they cannot be fetched */
  current(): Promise<LocalJWKSet>;
  /** Keys newer than these, for a key id that they lack; undefined if the last fetch was less than 30 s ago. */
  newer(than: LocalJWKSet): Promise<LocalJWKSet | undefined>;
  /** The URL of the keys; undefined when it cannot be found now. */
  uri(): Promise<string | undefined>;
}

export interface IssuerKeysOptions {
  readonly trusted: TrustedIssuer;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly log: Logger;
}

const fresh_ms = 600_000;
/** Tokens with invented key ids can cause at most one fetch in this time. */
const cooldown_ms = 30_000;
/** After a failed fetch, tokens do not cause another one for this time. */
const retry_ms = 5_000;

/** The address of an issuer's discovery document. */
export const discoveryUri = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

export function createIssuerKeys({ trusted, fetch, clock, log }: IssuerKeysOptions): IssuerKeys {
  const get = async (url: string) => {
    try {
      return await fetchJson(fetch, url);
    } catch (error) {
      log.warn({ url, reason: reasonOf(error) }, 'an identity provider does not answer');
      return fail(Failure.FAILURE_OAUTH2_TOKEN_NOT_VERIFIED);
    }
  };
  const mismatch = (reason: string): never => {
    log.warn({ issuer: trusted.issuer, reason }, 'an identity provider contradicts the configuration');
    return fail(Failure.FAILURE_OAUTH2_ISSUER_JWKS_MISMATCH);
  };
  const uri = remembered(clock, async () => {
    if (trusted.jwks_uri !== undefined) return trusted.jwks_uri;
    const { issuer, jwks_uri } = await get(discoveryUri(trusted.issuer));
    if (issuer !== trusted.issuer) return mismatch('its discovery document names another issuer');
    return typeof jwks_uri === 'string' && mayLeadTo(trusted.issuer, jwks_uri)
      ? jwks_uri
      : mismatch('its JWKS URI is not acceptable');
  });
  const keys = remembered(clock, async () => {
    const set = await get(await uri.value());
    const { createLocalJWKSet } = await import('jose');
    try {
      return createLocalJWKSet(set as unknown as JSONWebKeySet);
    } catch {
      log.warn({ issuer: trusted.issuer }, 'an identity provider publishes no JWK set');
      return fail(Failure.FAILURE_OAUTH2_JOSE_INTERNAL);
    }
  });
  return {
    current: keys.value,
    newer: keys.newer,
    uri: () => uri.value().catch(() => undefined),
  };
}

/**
 * A value that is fetched again when it is 10 minutes old; requests that come meanwhile wait for the same fetch. If a
 * fetch before that time fails, the old value stays.
 */
function remembered<T>(clock: Clock, fetchValue: () => Promise<T>) {
  let good: { readonly value: T; readonly at: number } | undefined;
  let attempt: { readonly result: Promise<T>; readonly at: number; pending: boolean } | undefined;
  const again = (): Promise<T> => {
    const started = { result: fetchValue(), at: clock(), pending: true };
    attempt = started;
    const settled = (value?: T) => {
      started.pending = false;
      if (value !== undefined) good = { value, at: started.at };
    };
    started.result.then(settled, () => settled());
    return started.result;
  };
  const age = (moment: { readonly at: number } | undefined) => (moment === undefined ? Infinity : clock() - moment.at);
  return {
    async value(): Promise<T> {
      if (good !== undefined && age(good) < fresh_ms) return good.value;
      return attempt !== undefined && (attempt.pending || age(attempt) < retry_ms) ? attempt.result : again();
    },
    async newer(than: T): Promise<T | undefined> {
      if (good !== undefined && good.value !== than) return good.value;
      if (attempt?.pending === true) return attempt.result;
      return age(attempt) < cooldown_ms ? undefined : again();
    },
  };
}

/** undici puts the reason of "fetch failed" into the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}

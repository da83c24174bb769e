import type { IncomingMessage } from 'node:http';
import { unstored } from './caching.js';

export type OutgoingHeaders = Record<string, string | number>;

/** The origins whose scripts may read responses: all, none, or these. */
export type CorsOrigins = '*' | readonly string[];

/** The headers of every response. @param request absent for bytes that are not HTTP */
export type CommonHeaders = (correlation_id: string, request?: Pick<IncomingMessage, 'headers'>) => OutgoingHeaders;

export interface CommonHeadersOptions {
  readonly cors_origins: CorsOrigins;
  /** Clients use TLS, and are told to use nothing else. */
  readonly https: boolean;
}

/** Seconds: a year. */
const hsts_s = 31_536_000;

export function createCommonHeaders({ cors_origins, https }: CommonHeadersOptions): CommonHeaders {
  const shared: OutgoingHeaders = {
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    ...(https ? { 'Strict-Transport-Security': `max-age=${hsts_s}` } : {}),
  };
  const corsFor = createCors(cors_origins);
  // The date in these headers changes only every second, and writing it costs more than all the rest.
  let second = 0;
  let lasting: OutgoingHeaders = {};
  const ofThisSecond = (): OutgoingHeaders => {
    const now = Math.floor(Date.now() / 1_000);
    if (now !== second) [second, lasting] = [now, { ...shared, ...unstored() }];
    return lasting;
  };
  return (correlation_id, request) => ({
    ...ofThisSecond(),
    ...corsFor(request?.headers.origin),
    'Correlation-Id': correlation_id,
  });
}

/** Credentials are never allowed: logins are headers that a script sets, not cookies that a browser adds. */
function createCors(origins: CorsOrigins): (origin: string | undefined) => OutgoingHeaders {
  const allowed = (origin: string): OutgoingHeaders => ({
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Expose-Headers': '*',
  });
  if (origins === '*') return () => allowed('*');
  if (origins.length === 0) return () => ({});
  const known = new Set(origins);
  // Vary is sent to all origins, also to those that may not read: caches must keep the responses apart.
  return (origin) => ({ Vary: 'Origin', ...(origin !== undefined && known.has(origin) ? allowed(origin) : {}) });
}

/**
 * Further headers of a preflight response. `*` covers every header but Authorization; older browsers do not know it, so
 * the headers are listed too.
 */
const preflight: OutgoingHeaders = {
  'Access-Control-Allow-Methods': 'GET, POST, OPTIONS, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers':
    '*, Authorization, DirectLogin, Content-Type, Accept, If-Match, If-None-Match, X-Grpc-Web, X-User-Agent, Grpc-Timeout, Connect-Protocol-Version, Connect-Timeout-Ms',
  'Access-Control-Max-Age': '1728000',
};

/** The headers of the answer to a CORS preflight. */
export function preflightHeaders(common: OutgoingHeaders): OutgoingHeaders {
  return {
    ...common,
    'Content-Type': 'text/plain;charset=utf-8',
    ...(common['Access-Control-Allow-Origin'] === undefined ? {} : preflight),
  };
}

/** Adds a request header to Vary, once: the response depends on it. */
export function addVary(headers: OutgoingHeaders, name: string): void {
  const given = headers['Vary'];
  if (given === undefined) headers['Vary'] = name;
  else if (!String(given).includes(name)) headers['Vary'] = `${given}, ${name}`;
}

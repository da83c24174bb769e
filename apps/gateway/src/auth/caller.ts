import type { IncomingHttpHeaders } from 'node:http';
import type { Rpc } from '@platform/grpc';
import type { Identity } from '@platform/messages';

/** How a caller proves who it is, by OBP's names. */
export type AuthenticationType = 'DirectLogin' | 'OAuth1.0a' | 'OAuth2_OIDC';

/** What of a request may say who calls. */
export interface AuthRequest {
  readonly headers: IncomingHttpHeaders;
  readonly verb: string;
  /** Path and query as they were sent. */
  readonly url: string;
  /** Where the connection comes from. */
  readonly address: string;
}

/** Credentials that a request carries, not yet looked at. */
export interface Credentials {
  readonly type: AuthenticationType;
  /** The identity, at most a second old. @throws ObpFailure when the credentials are not good or their owner may not call */
  identify(correlation_id: string): Promise<Identity>;
  /** The identity as it is now: a refusal is never taken from a cache, so a granted role works at once. */
  refresh(correlation_id: string): Promise<Identity>;
}

/** Calls the directory on the gateway's own behalf. */
export type DirectoryCall = <Request, Response>(
  method: Rpc<Request, Response>,
  request: Request,
  correlation_id: string,
) => Promise<Response>;

import type { IncomingHttpHeaders } from 'node:http';
import type { Rpc } from '@platform/grpc';
import type { Identity } from '@platform/messages';

/** How a caller proves who it is, by OBP's names. */
export type AuthenticationType = 'DirectLogin' | 'OAuth1.0a' | 'OAuth2_OIDC';

/** The parts of a request that may identify the caller. */
export interface AuthRequest {
  readonly headers: IncomingHttpHeaders;
  readonly verb: string;
  /** Path and query as they were sent. */
  readonly url: string;
  /** The address that the connection comes from. */
  readonly address: string;
}

/** Credentials of a request, not yet checked. */
export interface Credentials {
  readonly type: AuthenticationType;
  /**
   * The identity, at most a second old.
   * @throws ObpFailure when the credentials are not valid or their owner may not call
   */
  identify(correlation_id: string): Promise<Identity>;
  /** The identity as it is now: a call is never refused from a cache, so a granted role works at once. */
  refresh(correlation_id: string): Promise<Identity>;
}

/** Calls the directory on the gateway's own behalf. */
export type DirectoryCall = <Request, Response>(
  method: Rpc<Request, Response>,
  request: Request,
  correlation_id: string,
) => Promise<Response>;

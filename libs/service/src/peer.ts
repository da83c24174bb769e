import { callerKey, createServiceAssertion } from '@platform/entitlements';
import { createPeer, type MutualTls, type Peer, type Rpc } from '@platform/grpc';
import type { Clock, Logger } from '@platform/runtime';

/** "host:port", replicas separated by commas; a function when it is known only after all services listen. */
export type Address = string | (() => string);

/** Another service, called on this one's own behalf. */
export interface ServicePeer {
  /** @param timeout_ms milliseconds; default 5,000 */
  call<Request, Response>(
    rpc: Rpc<Request, Response>,
    request: Request,
    correlation_id: string,
    timeout_ms?: number,
  ): Promise<Response>;
  close(): void;
}

export interface ServicePeerOptions {
  /** The calling service's name. */
  readonly issuer: string;
  readonly secret: string;
  readonly clock: Clock;
  readonly tls: MutualTls | undefined;
  readonly log: Pick<Logger, 'warn'>;
}

/** @param name the service that is called */
export function createServicePeer(
  name: string,
  address: Address,
  { issuer, secret, clock, tls, log }: ServicePeerOptions,
): ServicePeer {
  const assertion = createServiceAssertion(secret, issuer, clock);
  let peer: Peer | undefined;
  const open = () =>
    (peer ??= createPeer(typeof address === 'string' ? address : address(), callerKey, { tls, service: name, log }));
  return {
    call: async (rpc, request, correlation_id, timeout_ms) =>
      open().call(rpc, request, { assertion, correlation_id, ...(timeout_ms === undefined ? {} : { timeout_ms }) }),
    close: () => peer?.close(),
  };
}

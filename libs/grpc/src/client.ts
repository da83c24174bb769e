import { type CallOptions, Client, Metadata, type MethodDefinition, type ServiceError } from '@grpc/grpc-js';
import { ObpFailure } from '@platform/failure';
import { rpcTable } from '@platform/messages';
import { service as health } from 'grpc-health-check';
import { channelCredentials, type MutualTls } from './mutual-tls.js';
import type { Rpc } from './rpc.js';
import { fromServiceError } from './status.js';

/** What goes with a call. */
export interface CallContext {
  /** Signs the caller assertion for an rpc, by its path. */
  readonly assertion: (rpc: string) => Buffer;
  readonly correlation_id: string;
  /** Milliseconds; default 5,000 for unary calls, 10 minutes for streams. */
  readonly timeout_ms?: number;
  readonly signal?: AbortSignal;
}

/** A service elsewhere, behind one channel that balances over its replicas. */
export interface Peer {
  call<Request, Response>(rpc: Rpc<Request, Response>, request: Request, context: CallContext): Promise<Response>;
  stream<Request, Response>(rpc: Rpc<Request, Response>, request: Request, context: CallContext): AsyncIterable<Response>;
  /** Whether a replica says by grpc.health.v1 that it serves. One that says nothing in time does not; another is asked then. */
  serving(timeout_ms: number): Promise<boolean>;
  close(): void;
}

const unaryTimeout_ms = 5_000;
const streamTimeout_ms = 600_000;

/**
 * Reads are retried when a replica drains or vanishes. A command is not: it may have run before its connection broke.
 * What a replica refused unseen, grpc-js sends to another one by itself, commands too.
 */
const serviceConfig = JSON.stringify({
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: Object.entries(rpcTable).filter(([, { idempotent }]) => idempotent).map(([path]) => nameOf(path)),
      retryPolicy: { maxAttempts: 4, initialBackoff: '0.05s', maxBackoff: '0.5s', backoffMultiplier: 2, retryableStatusCodes: ['UNAVAILABLE'] },
    },
  ],
  retryThrottling: { maxTokens: 100, tokenRatio: 0.5 },
});

function nameOf(path: string): { service: string; method: string } {
  const [, service = '', method = ''] = path.split('/');
  return { service, method };
}

/** How a peer is reached that shows a certificate. */
export interface SecurePeer {
  readonly tls: MutualTls | undefined;
  /** The service at the other end. */
  readonly service: string;
}

/**
 * The one way to call a service.
 * @param addresses "host:port", or several of them separated by commas: one replica each, IP addresses then
 */
export function createPeer(addresses: string, callerKey: string, { tls, service }: SecurePeer = { tls: undefined, service: '' }): Peer {
  const secure = channelCredentials(tls, service);
  const client = new Client(targetOf(addresses), secure.credentials, {
    ...secure.options,
    'grpc.service_config': serviceConfig,
    'grpc.service_config_disable_resolution': 1,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.min_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
    // Above the longest deadline plus the drain, or a draining server's accepted calls are dropped.
    'grpc.keepalive_time_ms': 60_000,
    'grpc.use_local_subchannel_pool': 1,
  });

  const metadataOf = (path: string, context: CallContext): Metadata => {
    // Waiting for a connection lets services start in any order; the deadline bounds it.
    const metadata = new Metadata({ waitForReady: true });
    metadata.set(callerKey, context.assertion(path));
    metadata.set('correlation-id', context.correlation_id);
    return metadata;
  };
  const optionsOf = (context: CallContext, timeout_ms: number): CallOptions => ({ deadline: Date.now() + (context.timeout_ms ?? timeout_ms) });

  return {
    call: (rpc, request, context) =>
      new Promise((resolve, reject) => {
        const call = client.makeUnaryRequest(
          rpc.path,
          rpc.serialize,
          rpc.deserialize,
          request,
          metadataOf(rpc.path, context),
          optionsOf(context, unaryTimeout_ms),
          (error, response) => (error === null ? resolve(response as never) : reject(traced(fromServiceError(error), rpc.path, context))),
        );
        cancelOnAbort(call, context.signal);
      }),
    async *stream(rpc, request, context) {
      const call = client.makeServerStreamRequest(
        rpc.path,
        rpc.serialize,
        rpc.deserialize,
        request,
        metadataOf(rpc.path, context),
        optionsOf(context, streamTimeout_ms),
      );
      cancelOnAbort(call, context.signal);
      try {
        for await (const message of call) yield message;
      } catch (error) {
        throw traced(fromServiceError(error as ServiceError), rpc.path, context);
      } finally {
        call.cancel();
      }
    },
    // Calls go round: the second question is for another replica, where there is one.
    serving: async (timeout_ms) => (await isServing(client, timeout_ms)) || isServing(client, timeout_ms),
    close: () => client.close(),
  };
}

function isServing(client: Client, timeout_ms: number): Promise<boolean> {
  const { path, requestSerialize, responseDeserialize } = health.Check as MethodDefinition<object, { status: string }>;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service: '' }, new Metadata({ waitForReady: true }), { deadline: Date.now() + timeout_ms }, (error, answer) =>
      resolve(error === null && answer?.status === 'SERVING'),
    );
  });
}

/** A signal that was aborted before says so only when asked. */
function cancelOnAbort(call: { cancel(): void }, signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) call.cancel();
  else signal?.addEventListener('abort', () => call.cancel(), { once: true });
}

/**
 * Names the call in an error without a failure of its own. Several requests may wait for one call: the log of each must
 * lead to the service's line about it.
 */
function traced(error: Error, path: string, { correlation_id }: CallContext): Error {
  if (!(error instanceof ObpFailure)) error.message += ` (${path}, correlation_id ${correlation_id})`;
  return error;
}

function targetOf(addresses: string): string {
  const list = addresses.split(',').map((address) => address.trim());
  if (list.length === 1) return `dns:///${list[0]}`;
  return `ipv4:${list.join(',')}`;
}

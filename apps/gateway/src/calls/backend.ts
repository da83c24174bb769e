import type { Trail } from '@platform/audit';
import type { Endpoint } from '@platform/endpoints';
import { callerKey, type Claims, serviceClaims, signAssertion } from '@platform/entitlements';
import {
  type BoundService,
  type Call,
  type CallContext,
  createPeer,
  type MutualTls,
  pathOf,
  type Peer,
  type Rpc,
  toRpc,
} from '@platform/grpc';
import { checkRequest } from '@platform/input';
import * as messages from '@platform/messages';
import { type Clock, createCache, type Logger } from '@platform/runtime';
import { audited } from '../audit/audited.js';
import { callByEitherName } from './former-names.js';

/** The caller and the request that an operation runs for. */
export interface RequestContext {
  readonly claims: Claims;
  readonly correlation_id: string;
  /** Aborted when the client has gone; created only where a call can take long. */
  readonly signal: () => AbortSignal;
}

/** An operation as the edge calls it, whether it runs in this process or in a service. */
export interface Operation {
  readonly method: Rpc<object, object>;
  call(request: object, requestContext: RequestContext): Promise<object>;
  stream(request: object, requestContext: RequestContext): AsyncIterable<object>;
  /** The same stream, with each message read from its bytes by `read`; absent where messages come from this process. */
  readonly streamAs?: StreamAs;
}

export type StreamAs = <Part>(
  read: (bytes: Buffer) => Part,
  request: object,
  requestContext: RequestContext,
) => AsyncIterable<Part>;

export interface Backend {
  /** @throws Error when neither this process nor a service with an address serves it */
  operation(endpoint: Endpoint): Operation;
  /** Calls a service as the gateway itself. */
  asService<Request, Response>(
    method: Rpc<Request, Response>,
    request: Request,
    correlation_id: string,
  ): Promise<Response>;
  /** Streams from a service as the gateway itself. */
  asServiceStream<Request, Response>(
    method: Rpc<Request, Response>,
    request: Request,
    correlation_id: string,
    options?: StreamOptions,
  ): AsyncIterable<Response>;
  /** The services behind the gateway, by name, to ask whether each one serves. */
  readonly parts: ReadonlyMap<string, Pick<Peer, 'serving'>>;
  close(): void;
}

export interface StreamOptions {
  /** Ends the stream. */
  readonly signal?: AbortSignal;
  /** Milliseconds; default 10 minutes. */
  readonly timeout_ms?: number;
}

export interface BackendOptions {
  /** Addresses by proto package, e.g. "obp.customers.v1". */
  readonly addresses: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly clock: Clock;
  /** Absent: the connections to the services are plain text. */
  readonly tls?: MutualTls | undefined;
  readonly trail: Pick<Trail, 'record'>;
  readonly log: Pick<Logger, 'warn'>;
  /** Services implemented in this process. */
  readonly views: (backend: Backend) => readonly BoundService[];
}

const issuer = 'gateway';
/** A signed assertion is reused for this long; services accept it for 60 s. */
const reuse_ms = 1_000;

type AnyRpc = Rpc<object, object>;
const rpcs: ReadonlyMap<string, AnyRpc> = new Map(
  Object.values(messages).flatMap((value) => (isDefinition(value) ? rpcsOf(value) : [])),
);

export function createBackend(options: BackendOptions): Backend {
  const peers = new Map(
    Object.entries(options.addresses).map(([name, address]) => [
      name,
      createPeer(address, callerKey, { tls: options.tls, service: serviceOf(name), log: options.log }),
    ]),
  );
  const assertions = createCache<Buffer>({ limit: 10_000, ttl_ms: reuse_ms, clock: options.clock });

  const assertionOf =
    (claims: Claims) =>
    (rpc: string): Buffer => {
      const key = `${rpc}|${String(claims.service ?? false)}|${claims.user_id}|${claims.consumer_id}|${claims.bank_id}|${claims.roles.join()}`;
      const known = assertions.get(key);
      if (known !== undefined) return known;
      const signed = signAssertion(options.secret, issuer, claims, rpc, options.clock());
      assertions.set(key, signed);
      return signed;
    };
  const peerOf = ({ path }: { readonly path: string }): Peer => {
    const name = path.slice(1, path.lastIndexOf('.'));
    return peers.get(name) ?? refuse(`no address is configured for ${name}`);
  };
  const contextOf = ({ claims, correlation_id }: Pick<RequestContext, 'claims' | 'correlation_id'>): CallContext => ({
    assertion: assertionOf(claims),
    correlation_id,
  });

  const backend: Backend = {
    operation(endpoint) {
      const method = rpcs.get(endpoint.rpc_path);
      if (method === undefined) return refuse(`${endpoint.rpc_path} has no message codecs`);
      const local = views.get(endpoint.rpc_path);
      return audited(
        endpoint,
        checked(
          local === undefined
            ? remoteOperation(method, peerOf(method), contextOf)
            : localOperation(method, local, options.clock),
        ),
        options.trail,
      );
    },
    asService: (method, request, correlation_id) =>
      callByEitherName(peerOf(method), method, request, contextOf({ claims: serviceClaims, correlation_id })),
    asServiceStream: (method, request, correlation_id, limits = {}) =>
      peerOf(method).stream(method, request, { ...contextOf({ claims: serviceClaims, correlation_id }), ...limits }),
    parts: new Map([...peers].map(([name, peer]) => [serviceOf(name), peer])),
    close: () => peers.forEach((peer) => peer.close()),
  };
  const views = new Map(options.views(backend).flatMap(handlersByPath));
  return backend;
}

/** "customers" for "obp.customers.v1" */
function serviceOf(name: string): string {
  return name.split('.')[1] ?? name;
}

function remoteOperation(
  method: AnyRpc,
  peer: Peer,
  contextOf: (requestContext: RequestContext) => CallContext,
): Operation {
  return {
    method,
    call: (request, requestContext) => peer.call(method, request, contextOf(requestContext)),
    stream: (request, requestContext) =>
      peer.stream(method, request, { ...contextOf(requestContext), signal: requestContext.signal() }),
    streamAs: (read, request, requestContext) =>
      peer.stream({ ...method, deserialize: read } as Rpc<object, ReturnType<typeof read>>, request, {
        ...contextOf(requestContext),
        signal: requestContext.signal(),
      }),
  };
}

/** The contract's rules are checked before anything is looked up or joins a batch. */
function checked({ method, call, stream, streamAs }: Operation): Operation {
  const { path } = method;
  return {
    method,
    async call(request, requestContext) {
      checkRequest(path, request);
      return call(request, requestContext);
    },
    async *stream(request, requestContext) {
      checkRequest(path, request);
      yield* stream(request, requestContext);
    },
    ...(streamAs === undefined
      ? {}
      : {
          async *streamAs(read, request, requestContext) {
            checkRequest(path, request);
            yield* streamAs(read, request, requestContext);
          },
        }),
  };
}

type LocalHandler = (request: object, call: Call) => unknown;

function localOperation(method: AnyRpc, handler: LocalHandler, clock: Clock): Operation {
  const open = ({ claims, correlation_id, signal }: RequestContext): Call => {
    const now = clock();
    return {
      caller: { service: false, ...claims, issuer, rpc: method.path, issued_at: now, expires_at: now + reuse_ms },
      correlation_id,
      signal,
    };
  };
  return {
    method,
    call: (request, requestContext) => handler(request, open(requestContext)) as Promise<object>,
    stream: (request, requestContext) => handler(request, open(requestContext)) as AsyncIterable<object>,
  };
}

function refuse(reason: string): never {
  throw new Error(reason);
}

function handlersByPath({ definition, handlers }: BoundService): [string, LocalHandler][] {
  return Object.entries(handlers).map(([key, handler]) => [
    pathOf(definition, definition.methods[key]?.name ?? key),
    handler as unknown as LocalHandler,
  ]);
}

type Definition = BoundService['definition'];

function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && 'fullName' in value && 'methods' in value;
}

function rpcsOf(definition: Definition): [string, AnyRpc][] {
  return Object.values(definition.methods).map((method) => {
    const rpc = toRpc(definition, method) as AnyRpc;
    return [rpc.path, rpc];
  });
}

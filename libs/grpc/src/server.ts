import {
  type Server,
  Server as GrpcServer,
  type ServiceDefinition as GrpcServiceDefinition,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { drained, type Logger } from '@platform/runtime';
import type { Scope } from '@platform/telemetry';
import type { Http2SecureServer, Http2Server } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { boundTimeout } from './deadline.js';
import type { ServedHandler, ServedMethod } from './exchange/exchange-server.js';
import { addLocalServer } from './exchange/in-memory.js';
import { exchangeMethod } from './exchange/frame-stream.js';
import { createExchanges } from './exchanges.js';
import { addHealth } from './health.js';
import { type Incoming, openCall, type Reception, report } from './incoming.js';
import { isFrom as isFromPeer, type MutualTls, namePeers, serverCredentials } from './mutual-tls.js';
import { observeServed, type ServedCall } from './observed.js';
import { addReflection } from './reflection-service.js';
import { type BoundService, pathOf, toGrpcMethod } from './rpc.js';
import { toServiceError, toWire } from './status.js';
import { holdDeadline } from './time-left.js';
import { deserializer, serializer } from './wire.js';

export interface GrpcServerOptions extends Reception {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly services: readonly BoundService[];
  /** The same services for a call that is recorded: with handlers whose statements are part of its trace. */
  readonly servicesIn?: (scope: Scope) => readonly BoundService[];
  /** The metadata key of the caller assertion. */
  readonly callerKey: string;
  /** Absent: plain text. */
  readonly tls?: MutualTls | undefined;
  /** Whether any client may read the services' contract by gRPC reflection. */
  readonly reflection?: boolean;
  /** Whether calls may also arrive as frames; absent: yes. */
  readonly exchanges?: boolean;
  /** How long running calls may take once the server is closing. */
  readonly drain_ms?: number;
  /**
   * The time between pings to the client of an open connection; it has a third of that to answer. A minute by default.
   */
  readonly ping_ms?: number;
}

type AnyCall = ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>;

export interface RunningGrpcServer {
  readonly port: number;
  /** Open connections. */
  connections(): number;
  /** Sets whether health reports that calls would succeed. Calls are served either way. */
  serving(does: boolean): void;
  /** Refuses new calls, lets running ones finish, then ends. */
  close(): Promise<void>;
}

/**
 * Serves the services and their health.
 * @throws Node's error for the port, such as EADDRINUSE
 */
export async function createGrpcServer(options: GrpcServerOptions): Promise<RunningGrpcServer> {
  const { ping_ms = 60_000 } = options;
  const server = new GrpcServer({
    'grpc.max_receive_message_length': 4 * 1024 * 1024,
    'grpc.max_concurrent_streams': 1000,
    'grpc.keepalive_time_ms': ping_ms,
    'grpc.keepalive_timeout_ms': ping_ms / 3,
    'grpc-node.flow_control_window': 1024 * 1024,
  });
  const methods = new Map(options.services.flatMap((service, index) => methodsOf(service, index, options)));
  for (const service of options.services) addService(server, service, methods, options);
  const exchanges = createExchanges(methods, options);
  if (options.exchanges !== false) server.addService({ exchange: exchangeMethod }, { exchange: exchanges.serve });
  const say = addHealth(
    server,
    options.services.map(({ definition }) => definition.fullName),
  );
  if (options.reflection === true)
    addReflection(
      server,
      options.services.flatMap(({ definition }) =>
        Object.values(definition.methods).map(({ name }) => pathOf(definition, name)),
      ),
    );
  await tryPort(options.host, options.port);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${options.host}:${options.port}`, serverCredentials(options.tls), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  const { http2Servers } = server as unknown as { readonly http2Servers: ReadonlyMap<Http2Server, unknown> };
  let closing = false;
  const sockets = new Set<Socket>();
  for (const http2 of http2Servers.keys()) {
    http2.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    // A connection whose TLS handshake ends after the shutdown began is not in grpc-js's list of connections to close.
    http2.on('session', (session) => closing && session.close());
    boundTimeouts(http2);
    if (options.tls !== undefined) namePeers(http2 as unknown as Http2SecureServer, options.tls);
  }
  let serves = true;
  const takeAway = addLocalServer(`${options.host}:${port}`, {
    accept: exchanges.accept,
    isServing: () => serves && !closing,
  });
  return {
    port,
    connections: () => sockets.size,
    serving(does) {
      serves = does;
      say(does && !closing);
    },
    async close() {
      closing = true;
      takeAway();
      say(false);
      exchanges.drain();
      await drain(server, sockets, options.drain_ms ?? 10_000);
      exchanges.close();
    },
  };
}

/**
 * grpc-js prints to the console that it cannot listen, and gives the reason only as text: so Node tries the port first.
 */
function tryPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}

/**
 * grpc-js treats a deadline of 25 to 49 days as already passed. None of its options changes the header, but its HTTP/2
 * servers can.
 */
function boundTimeouts(http2: Http2Server): void {
  http2.prependListener('stream', (_stream, headers) => {
    const given = headers['grpc-timeout'];
    if (typeof given === 'string') headers['grpc-timeout'] = boundTimeout(given);
  });
}

/**
 * `tryShutdown` alone may wait for ever; so may `forceShutdown`, because it waits until the other side closes each
 * connection, which a silent one never does.
 */
function drain(server: Server, sockets: ReadonlySet<Socket>, limit_ms: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => {
      server.forceShutdown();
      sockets.forEach((socket) => socket.destroy());
    }, limit_ms);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}

/** Registers each method for plain calls, by any gRPC client. */
function addService(
  server: Server,
  { definition }: BoundService,
  methods: ReadonlyMap<string, ServedMethod>,
  options: GrpcServerOptions,
): void {
  const declared: Record<string, GrpcServiceDefinition[string]> = {};
  const served: UntypedServiceImplementation = {};
  for (const [key, method] of Object.entries(definition.methods)) {
    const path = pathOf(definition, method.name);
    declared[key] = toGrpcMethod(path, method);
    const { handlerIn, isStream } = methods.get(path) as ServedMethod;
    if (handlerIn === undefined) continue;
    const enter: Enter = (call) => {
      const incoming = incomingOf(call, path, options);
      const request = call.request as object;
      return { incoming, run: (scope) => handlerIn(scope)(request, openCall(incoming, request, options)) };
    };
    served[key] = isStream
      ? (call: ServerWritableStream<unknown, unknown>) => void answerStream(call, enter, options.log)
      : (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) =>
          void answer(call, callback, enter, options.log);
  }
  server.addService(declared, served);
}

/** The same methods for calls by an exchange. */
function methodsOf(
  { definition, handlers }: BoundService,
  index: number,
  { servicesIn }: GrpcServerOptions,
): [string, ServedMethod][] {
  const handlersIn = (scope: Scope | undefined): BoundService['handlers'] =>
    scope === undefined ? handlers : (servicesIn?.(scope)[index]?.handlers ?? handlers);
  return Object.entries(definition.methods).map(([key, { name, requestType, responseType, responseStream }]) => [
    pathOf(definition, name),
    {
      isStream: responseStream,
      deserialize: deserializer(requestType) as ServedMethod['deserialize'],
      serialize: serializer(responseType),
      handlerIn:
        handlers[key] === undefined ? undefined : (scope: Scope | undefined) => handlersIn(scope)[key] as ServedHandler,
    },
  ]);
}

function incomingOf(call: AnyCall, path: string, { callerKey, tls }: GrpcServerOptions): Incoming {
  const [assertion] = call.metadata.get(callerKey);
  const [correlation] = call.metadata.get('correlation-id');
  return {
    path,
    assertion: Buffer.isBuffer(assertion) ? assertion : undefined,
    correlation_id: typeof correlation === 'string' ? correlation : '',
    isFrom: (service) => tls === undefined || isFromPeer(call.metadata, service),
    get isOver() {
      return call.cancelled || Number(call.getDeadline()) <= Date.now();
    },
    whenOver: (then) => void call.once('cancelled', then),
    deadline: performance.now() + Number(call.getDeadline()) - Date.now(),
  };
}

type Enter = (call: AnyCall) => { readonly incoming: Incoming; readonly run: (scope: Scope | undefined) => unknown };

async function answer(
  call: ServerUnaryCall<unknown, unknown>,
  callback: sendUnaryData<unknown>,
  enter: Enter,
  log: Logger,
): Promise<void> {
  const { incoming, run } = enter(call);
  const served = observePlain(call, incoming);
  const answered = holdDeadline(incoming.correlation_id, incoming.deadline);
  try {
    callback(null, await run(served.scope));
    served.end(status.OK);
  } catch (error) {
    report(error, incoming, log);
    callback(toServiceError(error));
    served.end(toWire(error).code);
  } finally {
    answered();
  }
}

async function answerStream(call: ServerWritableStream<unknown, unknown>, enter: Enter, log: Logger): Promise<void> {
  const { incoming, run } = enter(call);
  const served = observePlain(call, incoming);
  const write = async (): Promise<void> => {
    for await (const chunk of run(served.scope) as AsyncIterable<unknown>) {
      if (call.cancelled) return;
      if (!call.write(chunk)) await drained(call, 'cancelled');
    }
    call.end();
  };
  try {
    await write();
    served.end(call.cancelled ? status.CANCELLED : status.OK);
  } catch (error) {
    served.end(call.cancelled ? status.CANCELLED : toWire(error).code);
    // The caller has gone; and a source that was cancelled may report that by an error.
    if (call.cancelled) return;
    report(error, incoming, log);
    call.emit('error', toServiceError(error));
  }
}

function observePlain({ metadata }: AnyCall, incoming: Incoming): ServedCall {
  const [traceparent] = metadata.get('traceparent');
  const [tracestate] = metadata.get('tracestate');
  return observeServed(incoming, { traceparent, tracestate });
}

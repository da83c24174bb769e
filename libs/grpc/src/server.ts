import { type Server, Server as GrpcServer, type ServiceDefinition as GrpcServiceDefinition, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { checkRequest, fail, ObpFailure, UntrustedCaller } from '@platform/failure';
import { type CallerAssertion, Failure } from '@platform/messages';
import type { Logger } from '@platform/runtime';
import { HealthImplementation } from 'grpc-health-check';
import type { Http2SecureServer, Http2Server } from 'node:http2';
import { createServer } from 'node:net';
import { boundTimeout } from './deadline.js';
import { isFrom, type MutualTls, namePeers, serverCredentials } from './mutual-tls.js';
import { addReflection } from './reflection-service.js';
import { type BoundService, type Call, pathOf, toGrpcMethod } from './rpc.js';
import { toServiceError } from './status.js';

export interface GrpcServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly services: readonly BoundService[];
  /** Refuses by throwing a failure. */
  readonly authorize: (path: string, request: unknown, assertion: Uint8Array | undefined) => CallerAssertion;
  /** The metadata key of the caller assertion. */
  readonly callerKey: string;
  readonly log: Logger;
  /** Absent: in plain text. */
  readonly tls?: MutualTls | undefined;
  /** Whether to describe the services to anybody who asks, by gRPC reflection. */
  readonly reflection?: boolean;
  /** How long running calls may take once the server is closing. */
  readonly drain_ms?: number;
}

type AnyCall = ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>;

export interface RunningGrpcServer {
  readonly port: number;
  /** Says by health whether calls would succeed. They are served either way. */
  serving(does: boolean): void;
  /** Refuses new calls, lets running ones finish, then ends. */
  close(): Promise<void>;
}

/**
 * Serves the services and their health.
 * @throws Node's error for the port, such as EADDRINUSE
 */
export async function createGrpcServer(options: GrpcServerOptions): Promise<RunningGrpcServer> {
  const server = new GrpcServer({ 'grpc.max_receive_message_length': 4 * 1024 * 1024, 'grpc.max_concurrent_streams': 1000 });
  for (const service of options.services) addService(server, service, options);
  const names = options.services.map(({ definition }) => definition.fullName);
  const health = new HealthImplementation(Object.fromEntries(['', ...names].map((name) => [name, 'SERVING'])));
  health.addToServer(server);
  if (options.reflection === true) addReflection(server, options.services.flatMap(({ definition }) => Object.values(definition.methods).map(({ name }) => pathOf(definition, name))));
  await tryPort(options.host, options.port);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${options.host}:${options.port}`, serverCredentials(options.tls), (error, bound) => (error === null ? resolve(bound) : reject(error))),
  );
  const { http2Servers } = server as unknown as { readonly http2Servers: ReadonlyMap<Http2Server, unknown> };
  for (const http2 of http2Servers.keys()) {
    boundTimeouts(http2);
    if (options.tls !== undefined) namePeers(http2 as unknown as Http2SecureServer, options.tls);
  }
  let closing = false;
  const say = (does: boolean) => {
    for (const name of ['', ...names]) health.setStatus(name, does ? 'SERVING' : 'NOT_SERVING');
  };
  return {
    port,
    serving: (does) => say(does && !closing),
    close() {
      closing = true;
      say(false);
      return drain(server, options.drain_ms ?? 10_000);
    },
  };
}

/** grpc-js says on the console that it cannot listen, and hides the reason in a text: Node is asked first. */
function tryPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}

/** grpc-js takes a deadline of 25 to 49 days for one that has passed. No option of it reaches the header, its HTTP/2 servers do. */
function boundTimeouts(http2: Http2Server): void {
  http2.prependListener('stream', (_stream, headers) => {
    const given = headers['grpc-timeout'];
    if (typeof given === 'string') headers['grpc-timeout'] = boundTimeout(given);
  });
}

/** `tryShutdown` alone waits for ever. */
function drain(server: Server, limit_ms: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), limit_ms);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}

function addService(server: Server, { definition, handlers }: BoundService, options: GrpcServerOptions): void {
  const methods: Record<string, GrpcServiceDefinition[string]> = {};
  const served: UntypedServiceImplementation = {};
  for (const [key, method] of Object.entries(definition.methods)) {
    const path = pathOf(definition, method.name);
    methods[key] = toGrpcMethod(path, method);
    const handler = handlers[key] as ((request: unknown, call: Call) => unknown) | undefined;
    if (handler === undefined) continue;
    const enter = (call: AnyCall): { result: unknown } => {
      const context = openCall(call, path, options);
      return { result: handler(call.request, context) };
    };
    served[key] = method.responseStream
      ? (call: ServerWritableStream<unknown, unknown>) => void answerStream(call, enter, path, options.log)
      : (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) => void answer(call, callback, enter, path, options.log);
  }
  server.addService(methods, served);
}

function openCall(call: AnyCall, path: string, options: GrpcServerOptions): Call {
  // Nobody waits for it any more: a command would be stored, and sent again by a caller who was told that it was late.
  if (call.cancelled || Number(call.getDeadline()) <= Date.now()) fail(Failure.FAILURE_REQUEST_TIMEOUT);
  const assertion = call.metadata.get(options.callerKey)[0];
  const caller = options.authorize(path, call.request, Buffer.isBuffer(assertion) ? assertion : undefined);
  if (options.tls !== undefined && !isFrom(call.metadata, caller.issuer)) {
    options.log.warn({ rpc: path, issuer: caller.issuer }, 'an assertion came over a connection of another service');
    throw new UntrustedCaller();
  }
  checkRequest(path, call.request as object);
  const correlation = call.metadata.get('correlation-id')[0];
  return {
    caller,
    correlation_id: typeof correlation === 'string' ? correlation : '',
    signal: () => {
      const controller = new AbortController();
      if (call.cancelled) controller.abort();
      else call.once('cancelled', () => controller.abort());
      return controller.signal;
    },
  };
}

type Enter = (call: AnyCall) => { result: unknown };

async function answer(call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>, enter: Enter, path: string, log: Logger): Promise<void> {
  try {
    callback(null, await (enter(call).result));
  } catch (error) {
    report(error, call, path, log);
    callback(toServiceError(error));
  }
}

async function answerStream(call: ServerWritableStream<unknown, unknown>, enter: Enter, path: string, log: Logger): Promise<void> {
  try {
    for await (const chunk of enter(call).result as AsyncIterable<unknown>) {
      if (call.cancelled) return;
      if (!call.write(chunk)) await drained(call);
    }
    call.end();
  } catch (error) {
    // Nobody hears it, and a source that was told to stop may say so by throwing.
    if (call.cancelled) return;
    report(error, call, path, log);
    call.emit('error', toServiceError(error));
  }
}

function drained(call: ServerWritableStream<unknown, unknown>): Promise<void> {
  return new Promise((resolve) => {
    // Both are taken off again: a long stream waits many times.
    const done = () => {
      call.off('drain', done).off('cancelled', done);
      resolve();
    };
    call.once('drain', done).once('cancelled', done);
  });
}

function report(error: unknown, call: AnyCall, path: string, log: Logger): void {
  // Whoever decided about the caller has said so.
  if (error instanceof ObpFailure || error instanceof UntrustedCaller) return;
  log.error({ err: error, rpc: path, correlation_id: call.metadata.get('correlation-id')[0] }, 'rpc failed');
}

import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { WatchedCertificates } from '@platform/grpc';
import { refuseBadRequests } from './bad-request.js';
import type { CommonHeaders } from './common-headers.js';
import { gauges } from '@platform/telemetry';
import { isGone } from './exchange.js';
import { answerHalfClosed } from './half-closed.js';
import { maxHeaderSize } from './headers.js';
import { watchAnswers } from './running-answers.js';
import { createSecureServer } from './secure-server.js';
import { limitSession, type SessionLimits } from './session-limits.js';
import { limitUnread } from './unread-answer.js';
import { leaveRest } from './unread-body.js';

/** Handles a request over HTTP/1.1 or HTTP/2. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface EdgeServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly handler: RequestHandler;
  /** Present: the port speaks TLS; absent: plain text. */
  readonly certificates?: WatchedCertificates;
  readonly commonHeaders: CommonHeaders;
  /** How long a closing server still accepts connections, so that load balancers can first send clients elsewhere. */
  readonly accept_ms?: number;
  /** How long running requests may take once the server is closing. */
  readonly drain_ms?: number;
  /** The most connections at once; further ones are closed. */
  readonly max_connections?: number;
  /** How long a connection without a request is kept open. */
  readonly idle_ms?: number;
  /** The limits of an HTTP/2 connection. */
  readonly session?: Partial<SessionLimits>;
  /** How long a client may go without reading any of its response. */
  readonly write_ms?: number;
}

/** Node's own limits are far higher. Milliseconds and bytes. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize,
} as const;
/** For longer headers Node only resets the stream: up to this size the client gets a response that says why. */
const maxHeaderListSize = 131_072;
const http2Preface = 'PRI * HTTP/2.0';
/** Frames and bytes. They also apply to a client that does not acknowledge the settings. */
const http2Limits = {
  settings: { maxHeaderListSize, maxConcurrentStreams: 200 },
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
} as const;
const sessionLimits = {
  headers_ms: limits.headersTimeout,
  /** Later than the handler's own limit, which sends a response. */
  request_ms: limits.requestTimeout + 5_000,
  abandoned: { burst: 200, per_second: 33 },
  // gRPC clients send a ping for the data they receive, to estimate the bandwidth.
  control: { burst: 2_000, per_second: 1_000 },
} as const;
const firstBytes_ms = 10_000;
const unread_ms = 30_000;
/** How long a closing server still serves connections that look idle: a request may already be on its way. */
const linger_ms = 1_000;

/** One port for HTTP/1.1 (REST, Connect, gRPC-Web) and cleartext HTTP/2 (gRPC), told apart by the first bytes. */
export async function createEdgeServer(options: EdgeServerOptions): Promise<{ port: number; close(): Promise<void> }> {
  let closing = false;
  const idle_ms = options.idle_ms ?? 65_000;
  const handler: RequestHandler = (request, response) => {
    limitUnread(response, options.write_ms ?? unread_ms);
    leaveRest(request, response);
    options.handler(request, response);
  };
  // The handler refuses a missing Host header, in OBP JSON.
  const http1 = createHttp1({ ...limits, keepAliveTimeout: idle_ms, requireHostHeader: false }, (request, response) => {
    // The client then opens a new connection for its next request, to another server.
    if (closing) response.shouldKeepAlive = false;
    handler(request, response);
  });
  // For an unknown expectation, Node would send a response without a body.
  http1.on('checkExpectation', handler);
  const running = watchAnswers(http1);
  refuseBadRequests(http1, running, options.commonHeaders);
  answerHalfClosed(http1, running);
  const http2 = createHttp2(http2Limits, unlessAbandoned(handler));
  const sockets = new Set<Socket>();
  /** Connections on which the client has not sent anything yet. */
  const silent = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const openSession = (socket: Socket): void => {
    // Node emits this event before `emit` returns.
    http2.once('session', (session) => {
      sessions.add(session);
      limitSession(session, socket, { idle_ms, ...sessionLimits, ...options.session });
      session.once('close', () => sessions.delete(session));
    });
    http2.emit('connection', socket);
  };
  const accept = (socket: Socket): void => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
    socket.on('error', () => socket.destroy());
    const serve = (isHttp2: boolean) => {
      silent.delete(socket);
      if (isHttp2) openSession(socket);
      else http1.emit('connection', socket);
    };
    // With TLS the protocol is agreed in the handshake: HTTP/2 is spoken only if it was.
    if (socket instanceof TLSSocket) serve(socket.alpnProtocol === 'h2');
    else sort(socket, serve);
  };
  const tcp =
    options.certificates === undefined
      ? createTcp({ noDelay: true }, accept)
      : createSecureServer(options.certificates, accept);
  // Includes connections that are still in the TLS handshake.
  tcp.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  if (options.max_connections !== undefined) tcp.maxConnections = options.max_connections;
  // Node enforces the time limits of connections only after this event.
  http1.emit('listening');
  await new Promise<void>((resolve, reject) => {
    tcp.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new Error(
          error.code === 'EADDRINUSE' ? `port ${options.port} is in use: set PORT to another one` : error.message,
        ),
      ),
    );
    tcp.listen(options.port, options.host, resolve);
  });
  const watch = gauges.connections.watch((set) => set(sockets.size, 'gateway'));
  return {
    port: (tcp.address() as AddressInfo).port,
    async close() {
      closing = true;
      watch.close();
      await sleep(options.accept_ms ?? 0);
      const gone = new Promise<void>((resolve) => tcp.close(() => resolve()));
      for (const session of sessions) session.close();
      const drain_ms = options.drain_ms ?? 10_000;
      const idle = onceLingered(Math.min(linger_ms, drain_ms), () => {
        http1.closeIdleConnections();
        silent.forEach((socket) => socket.destroy());
      });
      const force = setTimeout(() => sockets.forEach((socket) => socket.destroy()), drain_ms);
      await gone;
      idle.stop();
      clearTimeout(force);
      http1.close();
    },
  };
}

/** Starts the work one turn later: a client may cancel a request in the very next bytes. */
function unlessAbandoned(
  handler: RequestHandler,
): (request: Http2ServerRequest, response: Http2ServerResponse) => void {
  return (request, response) =>
    void setImmediate(() => isGone(response) || handler(request as never, response as never));
}

/** Repeats the work every 50 ms, from `after_ms` on. */
function onceLingered(after_ms: number, work: () => void): { stop(): void } {
  const since = Date.now();
  const timer = setInterval(() => Date.now() - since >= after_ms && work(), 50);
  return { stop: () => clearInterval(timer) };
}

/** Looks at the first bytes, puts them back and decides which protocol they belong to. */
function sort(socket: Socket, decide: (isHttp2: boolean) => void): void {
  const late = setTimeout(() => socket.destroy(), firstBytes_ms);
  socket.once('close', () => clearTimeout(late));
  socket.once('data', (bytes: Buffer) => {
    clearTimeout(late);
    socket.pause();
    socket.unshift(bytes);
    const start = bytes.subarray(0, http2Preface.length).toString('latin1');
    decide(start === http2Preface.slice(0, start.length) && start.length > 3);
    process.nextTick(() => socket.resume());
  });
}

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
import { isGone } from './exchange.js';
import { answerHalfClosed } from './half-closed.js';
import { maxHeaderSize } from './headers.js';
import { watchAnswers } from './running-answers.js';
import { createSecureServer } from './secure-server.js';
import { limitSession, type SessionLimits } from './session-limits.js';
import { limitUnread } from './unread-answer.js';
import { leaveRest } from './unread-body.js';

/** Answers a request of either protocol. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface EdgeServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly handler: RequestHandler;
  /** With them TLS is spoken, else plain text. */
  readonly certificates?: WatchedCertificates;
  readonly commonHeaders: CommonHeaders;
  /** How long a closing server still accepts connections, so that whoever watches it can send clients elsewhere first. */
  readonly accept_ms?: number;
  /** How long running requests may take once the server is closing. */
  readonly drain_ms?: number;
  /** Connections at once; one more is closed. */
  readonly max_connections?: number;
  /** How long a connection without a request is kept. */
  readonly idle_ms?: number;
  /** What an HTTP/2 connection may do. */
  readonly session?: Partial<SessionLimits>;
  /** How long a client may read nothing of its answer. */
  readonly write_ms?: number;
}

/** Node's own are far laxer. Milliseconds and bytes. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize,
} as const;
/** Longer headers Node refuses by a reset alone: up to here the client is told why. */
const maxHeaderListSize = 131_072;
const http2Preface = 'PRI * HTTP/2.0';
/** Frames and bytes. A client that does not acknowledge the settings has them set too. */
const http2Limits = {
  settings: { maxHeaderListSize, maxConcurrentStreams: 200 },
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
} as const;
const sessionLimits = {
  headers_ms: limits.headersTimeout,
  /** After the handler's own limit, which gives an answer. */
  request_ms: limits.requestTimeout + 5_000,
  abandoned: { burst: 200, per_second: 33 },
  // gRPC clients measure their way by a ping for what they receive.
  control: { burst: 2_000, per_second: 1_000 },
} as const;
const firstBytes_ms = 10_000;
const unread_ms = 30_000;
/** How long kept connections are still served while closing: a request may be on its way when one looks idle. */
const linger_ms = 1_000;

/** One port for HTTP/1.1 (REST, Connect, gRPC-Web) and cleartext HTTP/2 (gRPC): a connection's first bytes tell. */
export async function createEdgeServer(options: EdgeServerOptions): Promise<{ port: number; close(): Promise<void> }> {
  let closing = false;
  const idle_ms = options.idle_ms ?? 65_000;
  const handler: RequestHandler = (request, response) => {
    limitUnread(response, options.write_ms ?? unread_ms);
    leaveRest(request, response);
    options.handler(request, response);
  };
  // A missing Host header is refused by the handler, in OBP JSON.
  const http1 = createHttp1({ ...limits, keepAliveTimeout: idle_ms, requireHostHeader: false }, (request, response) => {
    // Sends the client elsewhere with its next request.
    if (closing) response.shouldKeepAlive = false;
    handler(request, response);
  });
  // Node would answer an expectation it does not know without a body.
  http1.on('checkExpectation', handler);
  const running = watchAnswers(http1);
  refuseBadRequests(http1, running, options.commonHeaders);
  answerHalfClosed(http1, running);
  const http2 = createHttp2(http2Limits, unlessAbandoned(handler));
  const sockets = new Set<Socket>();
  /** Those that have not said a word yet. */
  const silent = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const openSession = (socket: Socket): void => {
    // Node tells of it before it returns.
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
    // Over TLS the client has said it: HTTP/2 is spoken there by agreement alone.
    if (socket instanceof TLSSocket) serve(socket.alpnProtocol === 'h2');
    else sort(socket, serve);
  };
  const tcp =
    options.certificates === undefined
      ? createTcp({ noDelay: true }, accept)
      : createSecureServer(options.certificates, accept);
  // Those in the middle of a TLS handshake too.
  tcp.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  if (options.max_connections !== undefined) tcp.maxConnections = options.max_connections;
  // Only a listening http server watches its connections' time limits.
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
  return {
    port: (tcp.address() as AddressInfo).port,
    async close() {
      closing = true;
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

/** Looks once more before the work begins: a client may give a request up in the very bytes behind it. */
function unlessAbandoned(
  handler: RequestHandler,
): (request: Http2ServerRequest, response: Http2ServerResponse) => void {
  return (request, response) =>
    void setImmediate(() => isGone(response) || handler(request as never, response as never));
}

/** After a while does the work, again and again. */
function onceLingered(after_ms: number, work: () => void): { stop(): void } {
  const since = Date.now();
  const timer = setInterval(() => Date.now() - since >= after_ms && work(), 50);
  return { stop: () => clearInterval(timer) };
}

/** Looks at the first bytes, puts them back and says which protocol they speak. */
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

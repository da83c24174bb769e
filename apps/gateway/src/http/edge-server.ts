import { createServer as createHttp1, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Session } from 'node:http2';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { refuseBadRequests } from './bad-request.js';
import { answerHalfClosed } from './half-closed.js';
import { maxHeaderSize } from './headers.js';
import { watchAnswers } from './running-answers.js';
import { limitSession } from './session-limits.js';
import { leaveRest } from './unread-body.js';

/** Answers a request of either protocol. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface EdgeServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly handler: RequestHandler;
  /** How long a closing server still accepts connections, so that whoever watches it can send clients elsewhere first. */
  readonly accept_ms?: number;
  /** How long running requests may take once the server is closing. */
  readonly drain_ms?: number;
  /** How long a connection without a request is kept. */
  readonly idle_ms?: number;
  /** How long an HTTP/2 request may take to come whole before its stream is closed without an answer. */
  readonly request_ms?: number;
}

/** Node's own are far laxer. Milliseconds and bytes. */
const limits = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000, maxHeaderSize } as const;
/** Longer headers Node refuses by a reset alone: up to here the client is told why. */
const maxHeaderListSize = 131_072;
const http2Preface = 'PRI * HTTP/2.0';
/** After the handler's own limit, which gives an answer. */
const http2Request_ms = limits.requestTimeout + 5_000;
const firstBytes_ms = 10_000;
/** How long kept connections are still served while closing: a request may be on its way when one looks idle. */
const linger_ms = 1_000;

/** One port for HTTP/1.1 (REST, Connect, gRPC-Web) and cleartext HTTP/2 (gRPC): a connection's first bytes tell. */
export async function createEdgeServer(options: EdgeServerOptions): Promise<{ port: number; close(): Promise<void> }> {
  let closing = false;
  const idle_ms = options.idle_ms ?? 65_000;
  const handler: RequestHandler = (request, response) => {
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
  refuseBadRequests(http1, running);
  answerHalfClosed(http1, running);
  const http2 = createHttp2({ settings: { maxHeaderListSize, maxConcurrentStreams: 200 } }, handler as never);
  const sockets = new Set<Socket>();
  /** Those that have not said a word yet. */
  const silent = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  http2.on('session', (session) => {
    sessions.add(session);
    limitSession(session, { idle_ms, request_ms: options.request_ms ?? http2Request_ms });
    session.once('close', () => sessions.delete(session));
  });
  const tcp = createTcp({ noDelay: true }, (socket) => {
    sockets.add(socket);
    silent.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      silent.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    sort(socket, (isHttp2) => {
      silent.delete(socket);
      (isHttp2 ? http2 : http1).emit('connection', socket);
    });
  });
  // Only a listening http server watches its connections' time limits.
  http1.emit('listening');
  await new Promise<void>((resolve, reject) => {
    tcp.once('error', (error: NodeJS.ErrnoException) => reject(new Error(error.code === 'EADDRINUSE' ? `port ${options.port} is in use: set PORT to another one` : error.message)));
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

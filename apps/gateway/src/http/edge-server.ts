import { randomUUID } from 'node:crypto';
import { createServer as createHttp1, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Session } from 'node:http2';
import { type AddressInfo, createServer as createTcp, type Socket } from 'node:net';
import { failureStatus, failureText } from '@platform/failure';
import { Failure } from '@platform/messages';
import { commonHeaders } from './render.js';

/** Answers a request of either protocol. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface EdgeServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly handler: RequestHandler;
  /** How long running requests may take once the server is closing. */
  readonly drain_ms?: number;
}

/** Node's own are far laxer. Milliseconds and bytes. */
const limits = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000, keepAliveTimeout: 65_000, maxHeaderSize: 16_384 } as const;
const http2Preface = 'PRI * HTTP/2.0';
const firstBytes_ms = 10_000;
/** How long kept connections are still served while closing: a request may be on its way when one looks idle. */
const linger_ms = 1_000;

/** One port for HTTP/1.1 (REST, Connect, gRPC-Web) and cleartext HTTP/2 (gRPC): a connection's first bytes tell. */
export async function createEdgeServer(options: EdgeServerOptions): Promise<{ port: number; close(): Promise<void> }> {
  let closing = false;
  // A missing Host header is refused by the handler, in OBP JSON.
  const http1 = createHttp1({ ...limits, requireHostHeader: false }, (request, response) => {
    // Sends the client elsewhere with its next request.
    if (closing) response.shouldKeepAlive = false;
    options.handler(request, response);
  });
  http1.on('clientError', answerBadRequest);
  // Node would answer an expectation it does not know without a body, and a CONNECT not at all.
  http1.on('checkExpectation', options.handler);
  http1.on('connect', (_request, socket) => answerBadRequest(new Error('CONNECT'), socket));
  const http2 = createHttp2({ settings: { maxHeaderListSize: limits.maxHeaderSize, maxConcurrentStreams: 200 } }, options.handler as never);
  const sockets = new Set<Socket>();
  /** Those that have not said a word yet. */
  const silent = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  http2.on('session', (session) => {
    sessions.add(session);
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

/** What does not parse as HTTP gets OBP JSON too. */
function answerBadRequest(error: NodeJS.ErrnoException, socket: NodeJS.WritableStream & { writable: boolean }): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.end();
  const [failure, detail] = error.code === 'HPE_HEADER_OVERFLOW' ? ([Failure.FAILURE_HEADERS_TOO_LARGE, ` The headers must not be longer than ${limits.maxHeaderSize} bytes.`] as const) : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? ([Failure.FAILURE_REQUEST_TIMEOUT, ''] as const) : ([Failure.FAILURE_INVALID_URL_PARAMETERS, ' The request is not valid HTTP.'] as const);
  const code = failureStatus(failure);
  const body = JSON.stringify({ code, message: failureText(failure, detail) });
  socket.end(`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\n${commonLines()}Content-Type: application/json;charset=utf-8\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** The headers every answer carries, as they are written. */
function commonLines(): string {
  return Object.entries(commonHeaders(randomUUID())).map(([name, value]) => `${name}: ${value}\r\n`).join('');
}

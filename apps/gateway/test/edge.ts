import { type ClientHttp2Session, type ClientHttp2Stream, type OutgoingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';
import type { Backend } from '../src/calls/backend.js';
import { createClientAddress } from '../src/http/client-address.js';
import { createCommonHeaders } from '../src/http/common-headers.js';
import { createLoadShedding } from '../src/guards/load-shedding.js';
import { createEdgeServer, type EdgeServerOptions } from '../src/http/edge-server.js';
import { createTranscoder, type TranscoderOptions } from '../src/rest/transcoder.js';

const commonHeaders = createCommonHeaders({ cors_origins: '*', https: false });

/** An edge server on a free port. */
export function createEdge(options: Partial<EdgeServerOptions> & Pick<EdgeServerOptions, 'handler'>) {
  return createEdgeServer({ host: '127.0.0.1', port: 0, drain_ms: 500, commonHeaders, ...options });
}

/** A handler with only these routes; `logged` collects its log lines. */
export function createRoutes(options: Partial<TranscoderOptions>, logged: string[] = []): EdgeServerOptions['handler'] {
  const log = {
    debug: () => logged.push('debug'),
    error: () => logged.push('error'),
  } as unknown as TranscoderOptions['log'];
  return createTranscoder({
    endpoints: [],
    edgeRoutes: [],
    versions: { operations: new Set(['v5.1.0']), documentation: new Set(['v5.1.0']) },
    backend: {} as Backend,
    admit: () => Promise.reject(new Error('no endpoints')),
    clientAddress: createClientAddress([]),
    commonHeaders,
    shedding: createLoadShedding({ max_in_flight: 1_000, max_delay_ms: 60_000 }),
    realm: 'http://gateway.test',
    bodyLimit: 1_024,
    log,
    ...options,
  });
}

export interface Http2Answer {
  readonly status: number;
  readonly text: string;
  /** Whether the response was complete, whatever happened to the stream afterwards. */
  readonly whole: boolean;
  /** The error code with which the stream ended, 0 for none. */
  readonly code: number;
}

/** Reads a stream's response until the stream is closed. */
export function answerOf(stream: ClientHttp2Stream): Promise<Http2Answer> {
  return new Promise((resolve) => {
    let status = 0;
    let text = '';
    let whole = false;
    stream.on('response', (headers) => (status = headers[':status'] ?? 0));
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    // Node also emits "end" for a stream that was reset.
    stream.once('end', () => (whole = !stream.closed));
    stream.on('error', () => undefined);
    stream.once('close', () => resolve({ status, text, whole, code: stream.rstCode ?? 0 }));
  });
}

/** Opens a POST of JSON; the caller writes the body, which has no declared length. */
export function openPost(
  session: ClientHttp2Session,
  path: string,
  headers: OutgoingHttpHeaders = {},
): ClientHttp2Stream {
  return session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/json', ...headers });
}

/** Sends bytes in one go and reads until the server ends the connection. */
export function sendBytes(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    socket.once('error', reject).once('close', () => resolve(received));
  });
}

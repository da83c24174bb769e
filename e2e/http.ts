import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';

/** A server's response. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body; `{}` when there is none. */
  readonly json: Record<string, unknown>;
}

export interface CallOptions {
  /** Sent as JSON, but text and bytes are sent unchanged. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A DirectLogin token. */
  readonly token?: string | undefined;
}

/** Sends a request exactly as given: unlike fetch, it does not normalise the path. */
export type Send = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

const patience_ms = 15_000;

export function createSend(origin: string): { send: Send; close(): void } {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(origin);
  const send: Send = (method, path, { body, headers = {}, token } = {}) =>
    new Promise((resolve, reject) => {
      const bytes = bytesOf(body);
      const all = {
        ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(bytes.length) }),
        ...(token === undefined ? {} : { directlogin: `token=${token}` }),
        ...headers,
      };
      const outgoing = request({ agent, hostname, port, method, path, headers: all }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve(answerOf(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString('utf8'))),
        );
        response.on('error', reject);
      });
      outgoing.setTimeout(patience_ms, () =>
        outgoing.destroy(new Error(`${method} ${path}: no answer within ${patience_ms} ms`)),
      );
      outgoing.on('error', reject);
      outgoing.end(bytes);
    });
  return { send, close: () => agent.destroy() };
}

/** Sends bytes unchanged and reads until the server ends the connection, or until `patience_ms` have passed. */
export function sendRaw(origin: string, text: string, wait_ms = 5_000): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let received = '';
    const late = setTimeout(() => socket.destroy(), wait_ms);
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('utf8')));
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(late);
      resolve(received);
    });
  });
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined) return undefined;
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function answerOf(status: number, headers: IncomingHttpHeaders, text: string): Answer {
  const isJson = text !== '' && (headers['content-type'] ?? '').startsWith('application/json');
  return { status, headers, text, json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {} };
}

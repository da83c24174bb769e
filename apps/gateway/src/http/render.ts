import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import { failureStatus, failureText, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import { streamOf } from './exchange.js';

const json = 'application/json;charset=utf-8';
type Headers = Record<string, string | number>;

/** The headers every answer carries. */
export function commonHeaders(correlation_id: string): Headers {
  return { 'Access-Control-Allow-Origin': '*', 'Correlation-Id': correlation_id, 'X-Frame-Options': 'DENY' };
}

export interface Answer {
  readonly status: number;
  /** Compact JSON; empty for 204. */
  readonly body: string | Buffer;
  /** Absent: JSON. */
  readonly type?: string;
  /** Decoded path and query: part of the ETag. */
  readonly address: string;
  /** "items=0-50" on paged lists. */
  readonly range?: string;
}

/** Sends a success: with its ETag, or as 304 when the client has this very answer. */
export function sendAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer, common: Headers): void {
  const etag = createHash('sha256').update(answer.address).update(typeof answer.body === 'string' ? answer.body : digestOf(answer.body)).digest('hex');
  const headers: Headers = { ...common, ETag: etag };
  if (answer.range !== undefined) headers['Range'] = answer.range;
  if (answer.status === 200 && request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
  } else if (answer.status === 204) {
    response.writeHead(204, headers).end();
  } else {
    headers['Content-Type'] = answer.type ?? json;
    headers['Content-Length'] = Buffer.byteLength(answer.body);
    response.writeHead(answer.status, headers).end(answer.body);
  }
}

/** Digests of documents that are sent again and again. */
const digests = new WeakMap<Buffer, Buffer>();

function digestOf(bytes: Buffer): Buffer {
  const known = digests.get(bytes) ?? createHash('sha256').update(bytes).digest();
  digests.set(bytes, known);
  return known;
}

/** Sends what has its own headers. With an ETag among them it is not sent to a client that has it. */
export function sendRaw(request: IncomingMessage, response: ServerResponse, answer: { status: number; headers: Readonly<Record<string, string>>; text: string | Buffer }, common: Headers): void {
  const headers = { ...common, ...answer.headers };
  const etag = answer.headers['ETag'];
  if (etag !== undefined && request.headers['if-none-match'] === etag) response.writeHead(304, headers).end();
  else response.writeHead(answer.status, { ...headers, 'Content-Length': Buffer.byteLength(answer.text) }).end(answer.text);
}

/** Begins an answer too long to hold; it has no ETag, because that would come first. */
export function startLongAnswer(response: ServerResponse, status: number, range: string | undefined, common: Headers): void {
  response.writeHead(status, { ...common, ...(range === undefined ? {} : { Range: range }), 'Content-Type': json });
}

/** Sends a failure as `{"code":…,"message":…}`. Anything but a failure of the contract is OBP-50000 without its cause. */
export function sendFailure(response: ServerResponse, error: unknown, common: Headers, realm: string): void {
  const { failure, detail } = error instanceof ObpFailure ? error : new ObpFailure(Failure.FAILURE_UNKNOWN_ERROR);
  const code = failureStatus(failure);
  const body = JSON.stringify({ code, message: failureText(failure, detail) });
  const headers: Headers = { ...common, 'Content-Type': json, 'Content-Length': Buffer.byteLength(body) };
  if (failure === Failure.FAILURE_USER_NOT_LOGGED_IN || failure === Failure.FAILURE_OAUTH_NOT_ACCEPTED) {
    headers['WWW-Authenticate'] = `OAuth realm="${realm}", Bearer realm="${realm}", DirectLogin realm="${realm}"`;
  }
  // What is left of an oversized or late request is not read.
  const unread = code === 408 || code === 413;
  const stream = streamOf(response);
  if (unread && stream === undefined) headers['Connection'] = 'close';
  response.writeHead(code, headers).end(body);
  if (unread) stream?.close(constants.NGHTTP2_NO_ERROR);
}

/** Answers a CORS preflight, on any path and without login. */
export function sendPreflight(response: ServerResponse, common: Headers): void {
  response
    .writeHead(204, {
      ...common,
      'Content-Type': 'text/plain;charset=utf-8',
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': 'GET, POST, OPTIONS, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers': '*',
      'Access-Control-Max-Age': '1728000',
    })
    .end();
}

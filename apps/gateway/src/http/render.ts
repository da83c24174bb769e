import type { IncomingMessage, ServerResponse } from 'node:http';
import { failureStatus, failureText, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import { revalidated, silent } from './caching.js';
import { addVary, type OutgoingHeaders as Headers, preflightHeaders } from './common-headers.js';
import { type ContentEncoding, encodingFor, isWorthwhile, pack } from './content-encoding.js';
import { acceptedBodyEncodings } from './decode-body.js';
import type { EdgeAnswer } from './edge-route.js';
import { etagOf } from './etag.js';
import { streamOf } from './exchange.js';
import { digestOf, packedOf } from './kept-bytes.js';
import { forgetRest } from './unread-body.js';

const json = 'application/json;charset=utf-8';

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
  /** The same for all clients, so it may be stored. */
  readonly shared?: boolean;
  /** Contains secrets: never compressed, because the compressed length reveals something about the content. */
  readonly secret?: boolean;
}

/** Sends a success with its ETag, the same for every compression, or a 304 when the client has this response. */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  common: Headers,
): Promise<void> {
  const { status, body, secret = false } = answer;
  const etag = etagOf(answer.address, body);
  const headers: Headers = { ...(answer.shared === true ? revalidated(common) : common), ETag: etag };
  if (answer.range !== undefined) headers['Range'] = answer.range;
  if (status === 200 && request.headers['if-none-match'] === etag) {
    response.writeHead(304, silent(headers)).end();
  } else if (status === 204) {
    response.writeHead(204, headers).end();
  } else {
    headers['Content-Type'] = answer.type ?? json;
    await sendBody(response, status, headers, body, secret ? undefined : request);
  }
}

/** Sends a body, compressed if it is long enough and the request `packedFor` accepts that. Completes the headers. */
async function sendBody(
  response: ServerResponse,
  status: number,
  headers: Headers,
  body: string | Buffer,
  packedFor: IncomingMessage | undefined,
): Promise<void> {
  const encoding = packedFor === undefined ? undefined : choose(headers, packedFor, Buffer.byteLength(body));
  const bytes =
    encoding === undefined ? body : typeof body === 'string' ? pack(body, encoding) : await packedOf(body, encoding);
  headers['Content-Length'] = Buffer.byteLength(bytes);
  response.writeHead(status, headers).end(bytes);
}

/** Chooses the compression for a response of this length, and sets its headers. */
function choose(headers: Headers, request: IncomingMessage, length: number): ContentEncoding | undefined {
  if (!isWorthwhile(length)) return undefined;
  addVary(headers, 'Accept-Encoding');
  const encoding = encodingFor(request);
  if (encoding !== undefined) headers['Content-Encoding'] = encoding;
  return encoding;
}

/** Sends a response that has its own headers. A file is not sent again to a client that has it. */
export async function sendRaw(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Extract<EdgeAnswer, { text: unknown } | { file: unknown }>,
  common: Headers,
): Promise<void> {
  if ('text' in answer) {
    const own: Headers = { ...common, ...answer.headers };
    sayWhenAgain(answer.status, own);
    return sendBody(response, answer.status, own, answer.text, undefined);
  }
  const headers: Headers = { ...revalidated(common), ...answer.headers };
  const encoding = choose(headers, request, answer.file.length);
  // Quoted, as HTTP requires; each compression has its own, because its bytes differ.
  headers['ETag'] = `"${digestOf(answer.file).toString('base64url')}${encoding === undefined ? '' : `-${encoding}`}"`;
  if (request.headers['if-none-match'] === headers['ETag']) response.writeHead(304, silent(headers)).end();
  else await sendBody(response, 200, headers, answer.file, request);
}

/**
 * Begins a response that is too long to hold. It has no ETag, because the ETag would have to come first.
 * @returns its compression
 */
export function startLongAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, range }: Pick<Answer, 'status' | 'range'>,
  common: Headers,
): ContentEncoding | undefined {
  const headers: Headers = { ...common, ...(range === undefined ? {} : { Range: range }), 'Content-Type': json };
  const encoding = choose(headers, request, Infinity);
  response.writeHead(status, headers);
  return encoding;
}

/** Sends a failure as `{"code":…,"message":…}`. Errors outside the contract become OBP-50000, without their cause. */
export async function sendFailure(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  common: Headers,
  realm: string,
): Promise<void> {
  const { failure, detail } = error instanceof ObpFailure ? error : new ObpFailure(Failure.FAILURE_UNKNOWN_ERROR);
  const code = failureStatus(failure);
  const body = JSON.stringify({ code, message: failureText(failure, detail) });
  const headers: Headers = { ...common, 'Content-Type': json };
  if (failure === Failure.FAILURE_USER_NOT_LOGGED_IN || failure === Failure.FAILURE_OAUTH_NOT_ACCEPTED) {
    headers['WWW-Authenticate'] = `OAuth realm="${realm}", Bearer realm="${realm}", DirectLogin realm="${realm}"`;
  }
  sayWhenAgain(code, headers);
  if (failure === Failure.FAILURE_BODY_ENCODING_NOT_SUPPORTED) headers['Accept-Encoding'] = acceptedBodyEncodings;
  // In HTTP/2 a response may always come before the request is complete.
  if ((code === 408 || code === 413) && streamOf(response) === undefined)
    refuseRest(request, response, code, headers, body);
  else await sendBody(response, code, headers, body, request);
}

const busy = JSON.stringify({
  code: failureStatus(Failure.FAILURE_TOO_BUSY),
  message: failureText(Failure.FAILURE_TOO_BUSY),
});
const busyHeaders: Headers = { 'Content-Type': json, 'Retry-After': '1', 'Content-Length': Buffer.byteLength(busy) };

/** Sends OBP-10018 before any work is done for a request: it must cost almost nothing. */
export function sendBusy(response: ServerResponse, common: Headers): void {
  response.writeHead(failureStatus(Failure.FAILURE_TOO_BUSY), { ...common, ...busyHeaders }).end(busy);
}

/** A request that was too slow or came under overload may be retried after a second; a limited one when its window ends. */
function sayWhenAgain(code: number, headers: Headers): void {
  if (code === 408 || code === 429) headers['Retry-After'] ??= headers['X-Rate-Limit-Reset'] ?? '1';
}

/** Answers an HTTP/1 request whose rest may still be arriving. */
function refuseRest(
  request: IncomingMessage,
  response: ServerResponse,
  code: number,
  headers: Headers,
  body: string,
): void {
  response.writeHead(code, { ...headers, 'Content-Length': Buffer.byteLength(body), Connection: 'close' });
  // Ending the response closes the connection; the client knows from Content-Length that the body is complete.
  response.write(body);
  // After a timeout, the rest of the request is not awaited.
  if (code === 408) response.end();
  else forgetRest(request, () => response.end());
}

/** Answers a CORS preflight, on any path and without login. */
export function sendPreflight(response: ServerResponse, common: Headers): void {
  response.writeHead(204, preflightHeaders(common)).end();
}

import { randomUUID } from 'node:crypto';
import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { failureStatus, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { CommonHeaders } from './common-headers.js';
import { headersTooLong } from './headers.js';
import type { RunningAnswers } from './running-answers.js';

/** How long a refused client may take to read its responses. */
const reading_ms = 5_000;

/** Answers invalid HTTP in OBP JSON too, after the responses to earlier requests were sent completely. */
export function refuseBadRequests(server: Server, running: RunningAnswers, commonHeaders: CommonHeaders): void {
  const refused = new WeakSet<Duplex>();
  const answerTo = ({ code: reason }: NodeJS.ErrnoException): string => {
    const { failure, message } = failureOf(reason);
    const code = failureStatus(failure);
    const body = JSON.stringify({ code, message });
    const common = Object.entries(commonHeaders(randomUUID()))
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    return `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\n${common}Content-Type: application/json;charset=utf-8\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  };
  const refuse = (error: NodeJS.ErrnoException, socket: Duplex): void => {
    // A parser that has failed reports an error for every further byte.
    if (refused.has(socket)) return;
    refused.add(socket);
    // The error is about the request that has not arrived completely.
    const before = running(socket).filter((response) => response.req.complete || response.headersSent);
    if (before.length === 0) return end(socket, !socket.writable || error.code === 'ECONNRESET' ? '' : answerTo(error));
    let left = before.length;
    for (const response of before) response.once('close', () => (left -= 1) === 0 && end(socket));
  };
  server.on('clientError', refuse);
  // Node would close the connection without a response.
  server.on('connect', (_request, socket) => refuse(new Error('CONNECT'), socket));
}

function failureOf(code: string | undefined): ObpFailure {
  if (code === 'HPE_HEADER_OVERFLOW') return headersTooLong();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new ObpFailure(Failure.FAILURE_REQUEST_TIMEOUT);
  return new ObpFailure(Failure.FAILURE_INVALID_URL_PARAMETERS, ' The request is not valid HTTP.');
}

/** The socket is destroyed later: if it were destroyed with unread bytes, the client could lose the response. */
function end(socket: Duplex, text = ''): void {
  if (socket.destroyed) return;
  socket.end(text);
  const late = setTimeout(() => socket.destroy(), reading_ms);
  socket.once('close', () => clearTimeout(late));
}

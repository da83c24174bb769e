import { randomUUID } from 'node:crypto';
import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { failureStatus, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { CommonHeaders } from './common-headers.js';
import { headersTooLong } from './headers.js';
import type { RunningAnswers } from './running-answers.js';

/** How long a refused client may take to read its answers. */
const reading_ms = 5_000;

/** Gives what does not parse as HTTP an answer in OBP JSON too. The answers of the requests before it come first and whole. */
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
    // A parser that has failed says so with every further byte.
    if (refused.has(socket)) return;
    refused.add(socket);
    // The one whose request has not come whole is what the error is about.
    const before = running(socket).filter((response) => response.req.complete || response.headersSent);
    if (before.length === 0) return end(socket, !socket.writable || error.code === 'ECONNRESET' ? '' : answerTo(error));
    let left = before.length;
    for (const response of before) response.once('close', () => (left -= 1) === 0 && end(socket));
  };
  server.on('clientError', refuse);
  // Node would not answer it at all.
  server.on('connect', (_request, socket) => refuse(new Error('CONNECT'), socket));
}

function failureOf(code: string | undefined): ObpFailure {
  if (code === 'HPE_HEADER_OVERFLOW') return headersTooLong();
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new ObpFailure(Failure.FAILURE_REQUEST_TIMEOUT);
  return new ObpFailure(Failure.FAILURE_INVALID_URL_PARAMETERS, ' The request is not valid HTTP.');
}

/** Destroyed at once, a socket with unread bytes would take back what it has sent. */
function end(socket: Duplex, text = ''): void {
  if (socket.destroyed) return;
  socket.end(text);
  const late = setTimeout(() => socket.destroy(), reading_ms);
  socket.once('close', () => clearTimeout(late));
}

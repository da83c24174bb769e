import type { ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import type { Readable } from 'node:stream';
import { streamOf } from './exchange.js';

/** How much of a request that needs no more reading is still read, and for how long: less than what the server waits for a late request. */
const mostBytes = 16_777_216;
const longest_ms = 4_000;

/**
 * Once an HTTP/2 request has its answer, reads and forgets what is left of it. Only what is too much or too slow even for that is
 * broken off. To be called before the request is answered.
 */
export function leaveRest(response: ServerResponse): void {
  const stream = streamOf(response);
  if (stream === undefined || stream.endAfterHeaders) return;
  // All of the answer is on its way then. The stream itself is read: nobody else reads it any more.
  stream.once('finish', () => forgetRest(stream, () => stream.readableEnded || stream.close(constants.NGHTTP2_NO_ERROR)));
}

/**
 * Reads and forgets what is left of a refused request. Many clients read an answer only when they have sent all; one that
 * is cut off before that, or whose unread bytes reset the connection, never sees why.
 * @param done called once: the request has come whole, its client has gone, or it is too much or too slow
 */
export function forgetRest(request: Readable, done: () => void): void {
  if (request.readableEnded || request.destroyed) return done();
  let read = 0;
  const stop = (): void => {
    clearTimeout(late);
    request.off('data', count).off('end', stop).off('close', stop).pause();
    done();
  };
  const count = (chunk: Buffer): void => {
    read += chunk.length;
    if (read > mostBytes) stop();
  };
  const late = setTimeout(stop, longest_ms);
  // Whoever read it before has no use for it any more.
  request.removeAllListeners('data').removeAllListeners('readable');
  request.on('data', count).once('end', stop).once('close', stop).resume();
}

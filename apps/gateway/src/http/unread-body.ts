import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import type { Readable } from 'node:stream';
import { streamOf } from './exchange.js';

/** How much of a request that needs no more reading is still read, and for how long: less than what the server waits for a late request. */
const maxBytes = 16_777_216;
const longest_ms = 4_000;
/** How long a sender pauses that waits for something, and in how many looks that is seen: a process that could not read for that long has seen one. */
const quiet_ms = 200;
const looks = 4;

/**
 * Once a request has its answer, reads and forgets what is left of it. Only what is too much or too slow even for that is
 * broken off. To be called before the request is answered.
 */
export function leaveRest(request: IncomingMessage, response: ServerResponse): void {
  const stream = streamOf(response);
  if (stream === undefined)
    response.once('finish', () => request.complete || forgetRest(request, () => request.complete || request.destroy()));
  // All of the answer is on its way then, its end too once something else has come.
  else if (!stream.endAfterHeaders)
    stream.once('finish', () =>
      forgetRest(stream, () => stream.readableEnded || stream.close(constants.NGHTTP2_NO_ERROR)),
    );
}

/**
 * Before an HTTP/2 request is refused: lets its sender finish, unless it waits for the answer. Some clients, curl 7 for one,
 * are told that they may send more only as long as they read, and read no more once the answer is complete.
 */
export function hearOut(response: ServerResponse): Promise<void> {
  const stream = streamOf(response);
  return stream === undefined ? Promise.resolve() : new Promise((resolve) => forgetRest(stream, resolve, quiet_ms));
}

/**
 * Reads and forgets what is left of a refused request. Many clients read an answer only when they have sent all; one that
 * is cut off before that, or whose unread bytes reset the connection, never sees why.
 * @param done called once: the request has come whole, its client has gone, or it is too much or too slow
 * @param pause_ms how long nothing may come for
 */
export function forgetRest(request: Readable, done: () => void, pause_ms = longest_ms): void {
  if (request.readableEnded || request.destroyed) return done();
  let read = 0;
  let seen = 0;
  const stop = (): void => {
    clearTimeout(late);
    clearInterval(quiet);
    request.off('data', count).off('end', stop).off('close', stop).pause();
    done();
  };
  const count = (chunk: Buffer): void => {
    read += chunk.length;
    seen = 0;
    if (read > maxBytes) stop();
  };
  const late = setTimeout(stop, longest_ms);
  const quiet = setInterval(() => ++seen >= looks && stop(), pause_ms / looks);
  // Whoever read it before has no use for it any more.
  request.removeAllListeners('data').removeAllListeners('readable');
  request.on('data', count).once('end', stop).once('close', stop).resume();
}

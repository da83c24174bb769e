import type { IncomingMessage } from 'node:http';

/** How much of a refused request is still read, and for how long. */
const mostBytes = 16_777_216;
const longest_ms = 5_000;

/**
 * Reads and forgets what is left of a refused request. Many clients read an answer only when they have sent all; one that
 * is cut off before that, or whose unread bytes reset the connection, never sees why.
 * @param done called once: the request has come whole, its client has gone, or it is too much or too slow
 */
export function forgetRest(request: IncomingMessage, done: () => void): void {
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
  request.on('data', count).once('end', stop).once('close', stop).resume();
}

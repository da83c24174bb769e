import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants } from 'node:http2';
import type { Readable } from 'node:stream';
import { streamOf } from './exchange.js';

/** How much of an unneeded body is read, and for how long: shorter than the server's limit for a slow request. */
const maxBytes = 16_777_216;
const longest_ms = 4_000;
/**
 * How long a sender that waits for the response is silent, and in how many checks that is measured: so a process that
 * was blocked for that long counts only one check.
 */
const quiet_ms = 200;
const looks = 4;

/**
 * After the response was sent, reads and discards the rest of the request. A request that is too long or too slow is
 * broken off. Must be called before the response is sent.
 */
export function leaveRest(request: IncomingMessage, response: ServerResponse): void {
  const stream = streamOf(response);
  if (stream === undefined)
    response.once('finish', () => request.complete || forgetRest(request, () => request.complete || request.destroy()));
  // At this point all of the response is being sent; its end follows when other data has arrived.
  else if (!stream.endAfterHeaders)
    stream.once('finish', () =>
      forgetRest(stream, () => stream.readableEnded || stream.close(constants.NGHTTP2_NO_ERROR)),
    );
}

/**
 * Before an HTTP/2 request is refused: lets the client finish sending, unless it waits for the response. Some clients,
 * for example curl 7, only learn that they may send more while they read, and stop reading once the response is
 * complete.
 */
export function hearOut(response: ServerResponse): Promise<void> {
  const stream = streamOf(response);
  return stream === undefined ? Promise.resolve() : new Promise((resolve) => forgetRest(stream, resolve, quiet_ms));
}

/**
 * Reads and discards the rest of a refused request. Many clients read the response only after they have sent
 * everything. If the connection is closed before, or reset because of unread bytes, they never see why.
 * @param done called once: when the request has arrived completely, its client has gone, or it is too long or too slow
 * @param pause_ms the longest time without data
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
  // The listeners that read it before are no longer needed.
  request.removeAllListeners('data').removeAllListeners('readable');
  request.on('data', count).once('end', stop).once('close', stop).resume();
}

import type { ServerResponse } from 'node:http';
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { streamOf } from './exchange.js';

/** Bytes per millisecond. Node reports only whole chunks as sent: a long chunk may take this long. */
const slowest = 32;

/**
 * Gives up a response when its client has read none of the waiting bytes for `limit_ms`. With HTTP/1 the connection
 * ends; with HTTP/2 the stream ends, and also the connection if the client reads nothing at all. A slow source does not
 * count. Node's own timeouts are not enough, because they restart: a socket's when the system accepts part of a write,
 * a stream's whenever the session sends data on other streams.
 */
export function limitUnread(response: ServerResponse, limit_ms: number): void {
  const stream = streamOf(response);
  const lying = (): number => (stream ?? response.socket)?.writableLength ?? 0;
  let unread = 0;
  let since = 0;
  const look = setInterval(() => {
    const now = performance.now();
    const left = lying();
    if (left === 0 || unread === 0 || left < unread) since = now;
    unread = left;
    if (left === 0 || now - since <= limit_ms + left / slowest) return;
    if (stream === undefined) response.destroy();
    else giveUp(stream, limit_ms);
  }, limit_ms / 10);
  (stream ?? response).once('close', () => clearInterval(look));
}

function giveUp(stream: ServerHttp2Stream, limit_ms: number): void {
  const { session } = stream;
  stream.close(constants.NGHTTP2_CANCEL);
  // The client may not read the reset either.
  stream.destroy();
  if (session !== undefined && !session.destroyed) endUnlessItReads(session as ServerHttp2Session, limit_ms);
}

/** The client may still read other streams of the connection, as a proxy does. A client that reads answers a ping. */
function endUnlessItReads(session: ServerHttp2Session, limit_ms: number): void {
  const deaf = setTimeout(() => session.destroy(), limit_ms).unref();
  // The ping is refused when many are unanswered: then one of those decides. It fails when the session ends before.
  if (!session.ping(() => clearTimeout(deaf))) clearTimeout(deaf);
}

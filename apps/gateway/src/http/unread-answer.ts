import type { ServerResponse } from 'node:http';
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { streamOf } from './exchange.js';

/** Bytes per millisecond. Node tells of whole chunks alone: a long one may be on its way for as long as this takes. */
const slowest = 32;

/**
 * Gives an answer up when its client has read nothing of what lies there for so long: with HTTP/1 its connection ends, with
 * HTTP/2 its stream, and the connection of a client that reads nothing at all. A slow source is not held against the client.
 * Node's own time limits start again: a socket's when the system has taken a part of a write, a stream's with whatever the
 * session sends on others.
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
  // The client may not take the reset either.
  stream.destroy();
  if (session !== undefined && !session.destroyed) endUnlessItReads(session as ServerHttp2Session, limit_ms);
}

/** Other streams of the connection may be read well, as behind a proxy. Whoever reads answers a ping. */
function endUnlessItReads(session: ServerHttp2Session, limit_ms: number): void {
  const deaf = setTimeout(() => session.destroy(), limit_ms).unref();
  // Refused where many are unanswered: one of those decides. Called with an error when the session ends before.
  if (!session.ping(() => clearTimeout(deaf))) clearTimeout(deaf);
}

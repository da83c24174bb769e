import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';

export interface SessionLimits {
  /** How long a session is kept without an open stream. */
  readonly idle_ms: number;
  /** How long a request may take to come whole. */
  readonly request_ms: number;
}

/** Sets an HTTP/2 session the limits that Node sets HTTP/1 connections only. */
export function limitSession(session: ServerHttp2Session, { idle_ms, request_ms }: SessionLimits): void {
  const wait = () => setTimeout(() => session.close(), idle_ms);
  let open = 0;
  let idle = wait();
  session.on('stream', (stream) => {
    open += 1;
    clearTimeout(idle);
    if (!stream.endAfterHeaders) limitRequest(stream, request_ms);
    stream.once('close', () => {
      open -= 1;
      if (open === 0 && !session.closed) idle = wait();
    });
  });
  session.once('close', () => clearTimeout(idle));
}

function limitRequest(stream: ServerHttp2Stream, request_ms: number): void {
  const late = setTimeout(() => {
    const { state } = stream.state;
    if (state === constants.NGHTTP2_STREAM_STATE_OPEN || state === constants.NGHTTP2_STREAM_STATE_HALF_CLOSED_LOCAL) stream.close(constants.NGHTTP2_CANCEL);
  }, request_ms);
  stream.once('close', () => clearTimeout(late));
}

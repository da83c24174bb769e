import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

/** How much one connection may send: `burst` at once, `per_second` on average. */
export interface Allowance {
  readonly burst: number;
  readonly per_second: number;
}

export interface SessionLimits {
  /** How long a session without open streams is kept. */
  readonly idle_ms: number;
  /** How long a session's first frame, and the headers of a request, may take to arrive completely. */
  readonly headers_ms: number;
  /** How long a request may take to arrive completely. */
  readonly request_ms: number;
  /** Requests that were cancelled before their response was complete. */
  readonly abandoned: Allowance;
  /** PING and SETTINGS frames. */
  readonly control: Allowance;
}

/** How long a client may take to close a stream or connection itself, before its connection is ended. */
const patience_ms = 1_000;

/** Gives HTTP/2 sessions the limits that Node has for HTTP/1 only. A client that exceeds them is disconnected. */
export function limitSession(session: ServerHttp2Session, socket: Socket, limits: SessionLimits): void {
  const end = (reason?: Error): void => {
    if (reason === undefined) session.destroy();
    else session.destroy(reason, constants.NGHTTP2_ENHANCE_YOUR_CALM);
    // Node may wait for the client to close too; the last frames are sent before the socket is destroyed.
    setImmediate(() => socket.destroy());
  };
  const endIdle = (): void => {
    session.close();
    late = setTimeout(() => end(), patience_ms);
  };
  const wait = () => setTimeout(endIdle, limits.idle_ms);
  const takes = ({ burst, per_second }: Allowance) => {
    const take = createAllowance(burst, per_second);
    return () => void (take() || end(new Error('the client asks too much of one connection')));
  };
  const takeAbandoned = takes(limits.abandoned);
  const takeControl = takes(limits.control);
  const headers = watchHeaders(session, limits.headers_ms, () => end());
  let open = 0;
  let late: NodeJS.Timeout | undefined;
  let idle = wait();
  session.on('ping', takeControl).on('remoteSettings', takeControl);
  session.on('stream', (stream) => {
    headers.came(stream);
    open += 1;
    clearTimeout(idle);
    if (!stream.endAfterHeaders) limitRequest(stream, limits.request_ms, () => end());
    stream.once('close', () => {
      open -= 1;
      if (stream.aborted) takeAbandoned();
      if (open === 0 && !session.closed) idle = wait();
    });
  });
  session.once('close', () => {
    headers.stop();
    clearTimeout(idle);
    clearTimeout(late);
  });
}

/**
 * Ends a session whose first frame or request headers arrive too slowly. Until they are complete, Node reports nothing.
 */
function watchHeaders(
  session: ServerHttp2Session,
  headers_ms: number,
  end: () => void,
): { came(stream: ServerHttp2Stream): void; stop(): void } {
  const first = setTimeout(end, headers_ms);
  session.once('remoteSettings', () => clearTimeout(first));
  /** The last stream whose headers are known to have arrived completely. */
  let whole = 0;
  let late: NodeJS.Timeout | undefined;
  const came = (id: number): void => {
    whole = Math.max(whole, id);
    clearTimeout(late);
    late = undefined;
  };
  const look = (): void => {
    const begun = session.destroyed ? 0 : (session.state.lastProcStreamID ?? 0);
    if (begun <= whole || late !== undefined) return;
    late = setTimeout(end, headers_ms);
    // Headers that were refused as malformed look the same. But no other frame may come between headers, so a client
    // that answers a ping has sent all of them.
    session.ping((error) => error === null && came(begun));
  };
  const looking = setInterval(look, Math.min(1_000, headers_ms / 2));
  return {
    came: ({ id = 0 }) => came(id),
    stop() {
      clearTimeout(first);
      clearTimeout(late);
      clearInterval(looking);
    },
  };
}

function limitRequest(stream: ServerHttp2Stream, request_ms: number, end: () => void): void {
  let late = setTimeout(() => {
    const { state } = stream.state;
    if (state !== constants.NGHTTP2_STREAM_STATE_OPEN && state !== constants.NGHTTP2_STREAM_STATE_HALF_CLOSED_LOCAL)
      return;
    stream.close(constants.NGHTTP2_CANCEL);
    late = setTimeout(end, patience_ms);
  }, request_ms);
  stream.once('close', () => clearTimeout(late));
}

/** @returns whether one more is within the allowance */
function createAllowance(burst: number, per_second: number): () => boolean {
  let left = burst;
  let at = performance.now();
  return () => {
    const now = performance.now();
    left = Math.min(burst, left + ((now - at) / 1_000) * per_second) - 1;
    at = now;
    return left >= 0;
  };
}

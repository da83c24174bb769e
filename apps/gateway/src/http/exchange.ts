import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse, type ServerHttp2Stream } from 'node:http2';
import type { Writable } from 'node:stream';

/** The HTTP/2 stream of a request or an answer; undefined with HTTP/1. */
export function streamOf(
  message: IncomingMessage | ServerResponse | Http2ServerResponse | Writable,
): ServerHttp2Stream | undefined {
  return (message as { readonly stream?: ServerHttp2Stream }).stream;
}

/** Whether nobody reads this answer any more. HTTP/2 tells only at the stream. */
export function isGone(response: ServerResponse | Http2ServerResponse | Writable): boolean {
  return response.destroyed || streamOf(response)?.destroyed === true;
}

/** Ends the work for an answer that nobody reads any more. @throws Error */
export function stopIfGone(response: ServerResponse): void {
  if (isGone(response)) throw new Error('the client went away');
}

/** Breaks an answer off, so that its client sees that the end is missing. */
export function breakOff(response: ServerResponse): void {
  const stream = streamOf(response);
  // Destroyed without a reason, an HTTP/2 stream would end as if it were complete.
  if (stream === undefined) response.destroy();
  else stream.close(constants.NGHTTP2_INTERNAL_ERROR);
}

/** Aborted when the client goes away before its answer is complete. */
export function goneSignal(response: ServerResponse): () => AbortSignal {
  return () => {
    const controller = new AbortController();
    // HTTP/2 calls a broken answer finished too: what counts is whether all of it was written.
    const stop = () => response.writableEnded || controller.abort();
    if (isGone(response)) stop();
    else response.once('close', stop);
    return controller.signal;
  };
}

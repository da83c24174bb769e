import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse, type ServerHttp2Stream } from 'node:http2';
import type { Writable } from 'node:stream';

/** The HTTP/2 stream of a request or response; undefined with HTTP/1. */
export function streamOf(
  message: IncomingMessage | ServerResponse | Http2ServerResponse | Writable,
): ServerHttp2Stream | undefined {
  return (message as { readonly stream?: ServerHttp2Stream }).stream;
}

/** Whether the client no longer reads this response. In HTTP/2 only the stream shows it. */
export function isGone(response: ServerResponse | Http2ServerResponse | Writable): boolean {
  return response.destroyed || streamOf(response)?.destroyed === true;
}

/** Stops the work for a response that the client no longer reads. @throws Error */
export function stopIfGone(response: ServerResponse): void {
  if (isGone(response)) throw new Error('the client went away');
}

/** Breaks a response off, so that its client sees that it is incomplete. */
export function breakOff(response: ServerResponse): void {
  const stream = streamOf(response);
  // If it were destroyed without an error code, an HTTP/2 stream would look complete.
  if (stream === undefined) response.destroy();
  else stream.close(constants.NGHTTP2_INTERNAL_ERROR);
}

/** Aborted when the client goes away before its response is complete. */
export function goneSignal(response: ServerResponse): () => AbortSignal {
  return () => {
    const controller = new AbortController();
    // HTTP/2 marks a broken response as finished too, so check whether all of it was written.
    const stop = () => response.writableEnded || controller.abort();
    if (isGone(response)) stop();
    else response.once('close', stop);
    return controller.signal;
  };
}

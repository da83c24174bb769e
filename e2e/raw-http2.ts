import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';

export interface RawAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Nothing came after the headers: they ended the answer. */
  readonly headersOnly: boolean;
}

export interface RawRequest {
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer;
  /** Does not say that the request is over. */
  readonly leftOpen?: boolean;
}

/**
 * POSTs over HTTP/2 exactly as given, for clients that are content with no less: the answer ends before the stream is reset,
 * and not before the request has been sent, if that has an end.
 * @throws Error when it is otherwise, or takes 10 s
 */
export function postHttp2(
  origin: string,
  path: string,
  { headers, body, leftOpen = false }: RawRequest,
): Promise<RawAnswer> {
  const session = connect(origin);
  const answering = new Promise<RawAnswer>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${path}: no answer within 10 s`)), 10_000);
    session.on('error', reject).once('close', () => clearTimeout(late));
    const stream = session.request({ ':method': 'POST', ':path': path, ...headers }, { endStream: false });
    const chunks: Buffer[] = [];
    const seen: { headers: IncomingHttpHeaders; trailers: IncomingHttpHeaders; headersOnly: boolean } = {
      headers: {},
      trailers: {},
      headersOnly: false,
    };
    const endOfStream = 1;
    stream.on('response', (given, flags) =>
      Object.assign(seen, { headers: given, headersOnly: (flags & endOfStream) !== 0 }),
    );
    stream.on('trailers', (given) => (seen.trailers = given));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
    // Node calls a stream ended that was reset, too.
    const isWhole = () => !stream.closed && (leftOpen || stream.writableFinished);
    stream.once('end', () =>
      isWhole()
        ? resolve({ ...seen, body: Buffer.concat(chunks) })
        : reject(new Error(`${path}: the stream ended too early`)),
    );
    if (body !== undefined) stream.write(body);
    if (!leftOpen) stream.end();
  });
  return answering.finally(() => session.destroy());
}

/** A message as gRPC, gRPC-Web and Connect's streams frame it. */
export function framed(message: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** The frames of a body: their flags and what is in them. */
export function framesOf(body: Buffer): [flags: number, message: Buffer][] {
  if (body.length === 0) return [];
  const end = 5 + body.readUInt32BE(1);
  return [[body.readUInt8(0), body.subarray(5, end)], ...framesOf(body.subarray(end))];
}

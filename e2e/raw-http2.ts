import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2';

export interface RawAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The headers ended the response: nothing came after them. */
  readonly headersOnly: boolean;
}

export interface RawRequest {
  readonly headers: OutgoingHttpHeaders;
  readonly body?: Buffer;
  /** Leaves the request open: its end is not sent. */
  readonly leftOpen?: boolean;
}

/**
 * POSTs over HTTP/2 exactly as given. It is as strict as the strictest clients: the response must end before the stream
 * is reset, and, if the request has an end, not before the request was sent completely.
 * @throws Error when that is not so, or after 10 s
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
    // Node emits "end" for a stream that was reset, too.
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

/** A message in the frame of gRPC, gRPC-Web and Connect's streams. */
export function framed(message: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** The frames of a body, with their flags and messages. */
export function framesOf(body: Buffer): [flags: number, message: Buffer][] {
  if (body.length === 0) return [];
  const end = 5 + body.readUInt32BE(1);
  return [[body.readUInt8(0), body.subarray(5, end)], ...framesOf(body.subarray(end))];
}

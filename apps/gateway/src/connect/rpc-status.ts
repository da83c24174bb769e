import { Code } from '@connectrpc/connect';
import type { UniversalServerResponse } from '@connectrpc/connect/protocol';
import type { RpcProtocol } from './rpc-protocol.js';

type Bytes = AsyncIterable<Uint8Array>;

/** The library's errors for bytes that are no valid message of the method; their code wrongly blames the server. */
const unparsable = /^(parse binary: |decompression failed$)/;
/** The flags of the last frame, uncompressed, in gRPC-Web and in Connect's streams. */
const trailerFlag = 0x80;
const endFlag = 0x02;
const frameHead = 5;

/** Corrects the library's status of a failed call, wherever the protocol carries it. */
export async function mendStatus(
  answer: UniversalServerResponse,
  protocol: RpcProtocol | undefined,
): Promise<UniversalServerResponse> {
  const { body, trailer } = answer;
  if (body === undefined) return answer;
  if (protocol === 'grpc' && trailer !== undefined) return { ...answer, body: then(body, () => mendTrailer(trailer)) };
  if (protocol === 'grpc-web' || protocol === 'grpc-web-text')
    return { ...answer, body: lastFrame(body, trailerFlag, mendTrailerText) };
  if (protocol === 'connect-stream') return { ...answer, body: lastFrame(body, endFlag, mendEnd) };
  return answer.status === 500 ? mendError(answer, body) : answer;
}

/** Percent-encodes what gRPC requires, and nothing else: some clients show `%3A` undecoded. */
export function encodeMessage(message: string): string {
  return [...Buffer.from(message)]
    .map((byte) =>
      byte < 0x20 || byte > 0x7e || byte === 0x25
        ? `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');
}

function mendTrailer(trailer: Headers): void {
  const given = trailer.get('grpc-message');
  if (given === null) return;
  const message = decodeURIComponent(given);
  trailer.set('grpc-message', encodeMessage(message));
  if (unparsable.test(message)) trailer.set('grpc-status', String(Code.InvalidArgument));
}

function mendTrailerText(text: string): string {
  const trailer = new Headers(
    text
      .split('\r\n')
      .filter(Boolean)
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  mendTrailer(trailer);
  return [...trailer].map(([name, value]) => `${name}: ${value}\r\n`).join('');
}

interface ErrorJson {
  readonly code: string;
  readonly message?: string;
}

/** Undefined for an error that needs no correction. */
function mendedError(error: ErrorJson | undefined): ErrorJson | undefined {
  return error !== undefined && unparsable.test(error.message ?? '')
    ? { ...error, code: 'invalid_argument' }
    : undefined;
}

function mendEnd(text: string): string {
  const end = JSON.parse(text) as { readonly error?: ErrorJson };
  const error = mendedError(end.error);
  return error === undefined ? text : JSON.stringify({ ...end, error });
}

async function mendError(answer: UniversalServerResponse, body: Bytes): Promise<UniversalServerResponse> {
  const header = new Headers(answer.header);
  // A compressed body is longer than the errors that are corrected here.
  if (header.has('content-encoding')) return answer;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const error = mendedError(JSON.parse(bytes.toString('utf8')) as ErrorJson);
  if (error === undefined) return { ...answer, body: then([bytes]) };
  const mended = Buffer.from(JSON.stringify(error));
  header.set('content-length', String(mended.length));
  return { ...answer, status: 400, header, body: then([mended]) };
}

/** The chunks unchanged; `done` is called after the last one. */
async function* then(chunks: Bytes | Iterable<Uint8Array>, done: () => void = () => undefined): Bytes {
  yield* chunks;
  done();
}

/** Each chunk of the library is a whole frame. */
async function* lastFrame(frames: Bytes, flag: number, mend: (text: string) => string): Bytes {
  for await (const frame of frames) {
    if (frame[0] !== flag) yield frame;
    else yield toFrame(flag, mend(Buffer.from(frame).toString('utf8', frameHead)));
  }
}

/** A message of a stream: its flags, its length and its text. */
export function toFrame(flags: number, text: string): Buffer {
  const head = Buffer.alloc(frameHead);
  head.writeUInt8(flags);
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

import { Code, ConnectError } from '@connectrpc/connect';
import type { UniversalServerRequest, UniversalServerResponse } from '@connectrpc/connect/protocol';

type Bytes = AsyncIterable<Uint8Array>;

/** Converts a request from gRPC-Web's text mode to its binary mode. */
export function fromText(request: UniversalServerRequest): UniversalServerRequest {
  const header = new Headers(request.header);
  header.set('content-type', (header.get('content-type') ?? '').replace(/-text/i, ''));
  return { ...request, header, body: decoded(request.body as Bytes) };
}

/** Converts a response from gRPC-Web's binary mode to its text mode. */
export function toText(answer: UniversalServerResponse): UniversalServerResponse {
  const header = new Headers(answer.header);
  header.set('content-type', (header.get('content-type') ?? '').replace('grpc-web', 'grpc-web-text'));
  return { ...answer, header, ...(answer.body === undefined ? {} : { body: encoded(answer.body) }) };
}

/** Encodes and pads each chunk separately, so that the client can read it at once. */
async function* encoded(chunks: Bytes): Bytes {
  for await (const chunk of chunks)
    yield Buffer.from(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('base64'));
}

/** Decodes base64 in chunks of any size, padded wherever the sender started anew. Holds at most one chunk. */
async function* decoded(chunks: Bytes): Bytes {
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + Buffer.from(chunk).toString('latin1');
    const whole = text.length - (text.length % 4);
    rest = text.slice(whole);
    if (whole > 0) yield decode(text.slice(0, whole));
  }
  if (rest !== '') refuse();
}

/** @param text complete groups of four characters */
function decode(text: string): Uint8Array {
  const parts = text.match(/[^=]+={0,2}/g) ?? [];
  const isBase64 =
    !/[^A-Za-z0-9+/=]/.test(text) &&
    parts.every((part) => part.length % 4 === 0) &&
    parts.reduce((sum, { length }) => sum + length, 0) === text.length;
  return isBase64 ? Buffer.concat(parts.map((part) => Buffer.from(part, 'base64'))) : refuse();
}

function refuse(): never {
  throw new ConnectError('the body is not base64', Code.InvalidArgument);
}

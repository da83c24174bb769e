import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from 'node:zlib';
import { fail, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';

type Decode = (bytes: Buffer, options: Pick<ZlibOptions, 'maxOutputLength'>) => Promise<Buffer>;

const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** The compressions that request bodies may have, as a header lists them. */
export const acceptedBodyEncodings = 'gzip, deflate, br';

/**
 * Decodes a body by its Content-Encoding.
 * @param limit bytes of the decoded body; decoding stops there
 * @throws ObpFailure OBP-10001, with status 415 for an unknown encoding, 413 for a body beyond the limit and 400 for a
 * body that cannot be decoded
 */
export async function decodeBody(bytes: Buffer, contentEncoding: string | undefined, limit: number): Promise<Buffer> {
  const encoding = (contentEncoding ?? '').trim().toLowerCase();
  if (bytes.length === 0 || encoding === '' || encoding === 'identity') return bytes;
  const decode = decoders.get(encoding);
  if (decode === undefined)
    return fail(
      Failure.FAILURE_BODY_ENCODING_NOT_SUPPORTED,
      ` The Content-Encoding of a body must be one of: ${acceptedBodyEncodings}.`,
    );
  try {
    return await decode(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw bodyTooLarge(limit);
    return fail(
      Failure.FAILURE_INVALID_JSON_FORMAT,
      ` The body is not in the ${encoding} that its Content-Encoding names.`,
    );
  }
}

/** The failure for a body beyond the limit: OBP-10001 with status 413. */
export function bodyTooLarge(limit: number): ObpFailure {
  return new ObpFailure(Failure.FAILURE_BODY_TOO_LARGE, ` The body must not be longer than ${limit} bytes.`);
}

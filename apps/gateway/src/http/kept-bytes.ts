import { createHash } from 'node:crypto';
import { type ContentEncoding, packWell } from './content-encoding.js';

interface Kept {
  digest?: Buffer;
  readonly packed: Map<ContentEncoding, Promise<Buffer>>;
}

/** The digest and the compressed forms of documents that are sent many times, for as long as a document exists. */
const kept = new WeakMap<Buffer, Kept>();

/** The SHA-256 of a document. */
export function digestOf(bytes: Buffer): Buffer {
  return (of(bytes).digest ??= createHash('sha256').update(bytes).digest());
}

/** The compressed document; it is compressed at the first call. */
export function packedOf(bytes: Buffer, encoding: ContentEncoding): Promise<Buffer> {
  const { packed } = of(bytes);
  const known = packed.get(encoding) ?? packWell(bytes, encoding);
  packed.set(encoding, known);
  return known;
}

function of(bytes: Buffer): Kept {
  const known = kept.get(bytes) ?? { packed: new Map() };
  kept.set(bytes, known);
  return known;
}

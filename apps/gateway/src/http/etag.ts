import { createHash } from 'node:crypto';
import { digestOf } from './kept-bytes.js';

/**
 * The entity tag of a response, the same for every compression: SHA-256 in hex, without the quotes of HTTP, as on live
 * servers.
 * @param address decoded path and query
 */
export function etagOf(address: string, body: string | Buffer): string {
  return createHash('sha256')
    .update(address)
    .update(typeof body === 'string' ? body : digestOf(body))
    .digest('hex');
}

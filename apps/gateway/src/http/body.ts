import type { IncomingMessage } from 'node:http';
import { fail, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import { type Json, JsonFault, readJson } from './json.js';

/** Whether the request says that its body is JSON. */
export function isJson(request: IncomingMessage): boolean {
  return /^(application|text)\/json\b/i.test(request.headers['content-type'] ?? '');
}

/**
 * Reads a request's body, at most `limit` bytes of it. What is not declared as JSON is read and forgotten.
 * @returns the JSON value; undefined when there is none
 * @throws ObpFailure OBP-10001 for malformed JSON, with status 413 for too long a body
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Json | undefined> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return undefined;
  if (Number(length ?? 0) > limit) return tooLarge(limit);
  const bytes = await collect(request, limit);
  if (!isJson(request)) return undefined;
  try {
    return readJson(bytes);
  } catch (error) {
    if (error instanceof JsonFault) return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${error.message}.`);
    throw error;
  }
}

function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.removeAllListeners('data').pause();
        reject(new ObpFailure(Failure.FAILURE_BODY_TOO_LARGE, limitText(limit)));
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client went away')));
  });
}

function tooLarge(limit: number): never {
  return fail(Failure.FAILURE_BODY_TOO_LARGE, limitText(limit));
}

function limitText(limit: number): string {
  return ` The body must not be longer than ${limit} bytes.`;
}

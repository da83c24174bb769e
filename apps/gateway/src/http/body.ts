import type { IncomingMessage } from 'node:http';
import { fail, ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import { bodyTooLarge, decodeBody } from './decode-body.js';
import { streamOf } from './exchange.js';
import { type Json, JsonFault, readJson } from './json.js';

/** Whether the request says that its body is JSON. */
export function isJson(request: IncomingMessage): boolean {
  return /^(application|text)\/json\b/i.test(request.headers['content-type'] ?? '');
}

/** A request's body, parsed. */
export interface RequestBody {
  /** Undefined when there is none. */
  readonly json: Json | undefined;
  /** The body as a form; empty if it is none. @throws ObpFailure OBP-10001 for a form of more than 16 KB */
  readonly form: () => URLSearchParams;
}

const longestForm = 16_384;
const nothing: RequestBody = { json: undefined, form: () => new URLSearchParams() };

/**
 * Reads a request's body, at most `limit` bytes of it, before and after decompression. A body that is neither JSON nor
 * a form is read and discarded, and so is any body of a GET.
 * @param patience_ms how long an HTTP/2 body may take; for HTTP/1 the server itself watches the time
 * @throws ObpFailure OBP-10001 for malformed JSON, with status 413 for too long a body, 415 for an unknown compression
 * and 408 for a body that comes too slowly
 */
export async function readRequest(request: IncomingMessage, limit: number, patience_ms = 30_000): Promise<RequestBody> {
  if (!hasBody(request)) return nothing;
  if (Number(request.headers['content-length'] ?? 0) > limit) throw bodyTooLarge(limit);
  const bytes = await (streamOf(request) === undefined
    ? collect(request, limit)
    : inTime(request, collect(request, limit), patience_ms));
  if (isGet(request) || !(isJson(request) || isForm(request))) return nothing;
  const content = await decodeBody(bytes, request.headers['content-encoding'], limit);
  if (isJson(request)) return { ...nothing, json: parse(content) };
  return {
    ...nothing,
    form() {
      if (content.length > longestForm) throw bodyTooLarge(longestForm);
      return new URLSearchParams(content.toString('utf8'));
    },
  };
}

/** Whether a request is a GET or a HEAD, which is a GET without the response's body. */
export function isGet({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

function isForm(request: IncomingMessage): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
}

function parse(bytes: Buffer): Json | undefined {
  try {
    return readJson(bytes);
  } catch (error) {
    if (error instanceof JsonFault) return fail(Failure.FAILURE_INVALID_JSON_FORMAT, ` ${error.message}.`);
    throw error;
  }
}

/** HTTP/1 announces a body in the headers; in HTTP/2 there is one if the headers do not end the stream. */
function hasBody(request: IncomingMessage): boolean {
  const stream = streamOf(request);
  if (stream !== undefined) return !stream.endAfterHeaders;
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

async function inTime<T>(request: IncomingMessage, reading: Promise<T>, patience_ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      request.removeAllListeners('data').pause();
      reject(new ObpFailure(Failure.FAILURE_REQUEST_TIMEOUT));
    }, patience_ms);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
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
        reject(bodyTooLarge(limit));
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client went away')));
  });
}

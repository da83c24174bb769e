import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { AddressRefused, checkLiteral, lookupPublic } from './address-guard.js';

/** Sends requests to receivers. */
export interface Poster {
  /**
   * Sends a body. It is accepted with a status from 200 to 299; redirects are not followed.
   * @returns why it was not accepted, without any part of the response; undefined when it was
   */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<string | undefined>;
  close(): void;
}

export interface PosterOptions {
  readonly toPrivateAddresses: boolean;
  /** The time from the beginning to the end of the response. Milliseconds; 10,000. */
  readonly timeout_ms?: number;
}

/** Nobody reads the response: of a longer one the rest is not awaited. Bytes. */
const mostRead = 16_384;

export function createPoster({ toPrivateAddresses, timeout_ms = 10_000 }: PosterOptions): Poster {
  const kept = { keepAlive: true, maxSockets: 8, maxFreeSockets: 2, timeout: 30_000 };
  const agents = { 'http:': new HttpAgent(kept), 'https:': new HttpsAgent(kept) };
  const send = (url: URL, headers: Readonly<Record<string, string>>, body: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const isPlain = url.protocol === 'http:';
      const request = (isPlain ? requestHttp : requestHttps)(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        agent: isPlain ? agents['http:'] : agents['https:'],
        maxHeaderSize: mostRead,
        ...(toPrivateAddresses ? {} : { lookup: lookupPublic }),
      });
      const timer = setTimeout(() => request.destroy(new Error('it took too long')), timeout_ms);
      request.once('close', () => clearTimeout(timer));
      request.once('error', reject);
      request.once('response', (response) => readOut(response, resolve, reject));
      request.end(body);
    });
  return {
    async post(text, headers, body) {
      try {
        const url = new URL(text);
        if (!toPrivateAddresses) checkLiteral(url);
        const status = await send(url, headers, body);
        return status >= 200 && status < 300 ? undefined : `status ${status}`;
      } catch (error) {
        return reasonOf(error as NodeJS.ErrnoException);
      }
    },
    close() {
      agents['http:'].destroy();
      agents['https:'].destroy();
    },
  };
}

/** Reads the response, so that its connection can be used again. */
function readOut(response: IncomingMessage, resolve: (status: number) => void, reject: (error: Error) => void): void {
  const status = response.statusCode ?? 0;
  let read = 0;
  response.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read <= mostRead) return;
    resolve(status);
    response.destroy();
  });
  response.once('end', () => resolve(status));
  response.once('error', reject);
}

/** A reason that the owner of the webhook may read: no part of what the receiver sent. */
function reasonOf(error: NodeJS.ErrnoException): string {
  if (error instanceof AddressRefused || error.message === 'it took too long') return error.message;
  return error.code ?? 'it failed';
}

import { Agent, request as openRequest } from 'node:http';
import { patient } from '@platform/testing';

export interface Answer {
  readonly status: number;
  readonly correlation_id: string;
  /** The JSON response; a text that is not JSON fails the request. */
  readonly body: Record<string, unknown>;
}

export interface Rest {
  send(
    verb: 'GET' | 'POST',
    path: string,
    options?: { readonly headers?: Record<string, string>; readonly body?: object },
  ): Promise<Answer>;
  close(): void;
}

/** The longest time for a request: longer than every deadline of the platform. */
const limit_ms = 12_000;

/**
 * A client of one origin. It repeats nothing: for a broken connection the caller gets the error, with its `code`.
 * @param keepAlive whether connections are reused
 */
export function createRest(origin: string, keepAlive = true): Rest {
  const agent = new Agent({ keepAlive, maxSockets: 64 });
  return {
    send: (verb, path, { headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const content = body === undefined ? {} : { 'Content-Type': 'application/json' };
        const request = openRequest(`${origin}${path}`, {
          method: verb,
          agent,
          headers: { ...headers, ...content },
          signal: AbortSignal.timeout(patient(limit_ms)),
        });
        request.once('error', reject);
        request.once('response', (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.once('error', reject);
          response.once('close', () => {
            if (!response.complete) return reject(new Error(`${verb} ${path}: the answer was cut`));
            try {
              resolve({
                status: response.statusCode ?? 0,
                correlation_id: String(response.headers['correlation-id']),
                body: JSON.parse(text) as Record<string, unknown>,
              });
            } catch {
              reject(new Error(`${verb} ${path}: ${response.statusCode} with no JSON: ${text.slice(0, 200)}`));
            }
          });
        });
        request.end(body === undefined ? undefined : JSON.stringify(body));
      }),
    close: () => agent.destroy(),
  };
}

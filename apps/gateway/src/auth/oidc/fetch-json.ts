import type { JsonObject } from './read-jwt.js';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const timeout_ms = 3_000;
const maxBytes = 262_144;

/**
 * Gets a JSON object: status 200, no redirect, at most 256 KiB, within 3 s in total.
 * @throws Error in all other cases
 */
export async function fetchJson(fetch: Fetch, url: string, limit_ms = timeout_ms): Promise<JsonObject> {
  const response = await fetch(url, {
    redirect: 'error',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(limit_ms),
  });
  try {
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    const value = JSON.parse(await readText(response)) as unknown;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no JSON object');
    return value as JsonObject;
  } finally {
    // A body that is not read would keep its connection open.
    if (response.body?.locked === false) await response.body.cancel().catch(() => undefined);
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += (chunk as Uint8Array).length;
    if (length > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
    chunks.push(chunk as Uint8Array);
  }
  return Buffer.concat(chunks).toString('utf8');
}

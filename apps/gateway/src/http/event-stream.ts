import type { IncomingMessage, ServerResponse } from 'node:http';
import { drained } from '@platform/runtime';
import type { OutgoingHeaders } from './common-headers.js';
import { isGone } from './exchange.js';

/** An event of a stream; `sequence` is its id. */
interface StreamedEvent {
  readonly sequence: string;
}

/**
 * Reads the first message of a stream, so that a refusal is thrown before any header is sent.
 * @returns the stream from its beginning
 */
export async function openEvents(messages: AsyncIterable<object>): Promise<AsyncIterable<object>> {
  const rest = messages[Symbol.asyncIterator]();
  const first = await rest.next();
  return {
    async *[Symbol.asyncIterator]() {
      try {
        for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
      } finally {
        await rest.return?.();
      }
    },
  };
}

/**
 * Writes server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html
 * @param list the field of a message that has its events; without any, a comment keeps the connection open
 */
export async function writeEvents(
  request: IncomingMessage,
  response: ServerResponse,
  list: string,
  messages: AsyncIterable<object>,
  common: OutgoingHeaders,
): Promise<void> {
  response.writeHead(200, {
    ...common,
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // Some proxies would otherwise collect the response before they pass it on.
    'X-Accel-Buffering': 'no',
  });
  if (request.method === 'HEAD') response.end();
  for await (const message of messages) {
    if (response.writableEnded) return;
    const text = textOf((message as Record<string, readonly StreamedEvent[]>)[list] ?? []);
    if (!isGone(response) && !response.write(text)) await drained(response, 'close');
    if (isGone(response)) return;
  }
  response.end();
}

function textOf(events: readonly StreamedEvent[]): string {
  if (events.length === 0) return ':\n\n';
  return events.map((event) => `id: ${event.sequence}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

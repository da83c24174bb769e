import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** A list that arrives in chunks: whole when one chunk is all of it, else piece by piece. */
export type ListAnswer = { readonly whole: object } | { readonly first: object; readonly rest: AsyncIterator<object> };

/** Reads so much of a streamed list as is needed to know whether it is short. The first failure comes here, before any header. */
export async function openList(chunks: AsyncIterable<object>, emptyAnswer: object): Promise<ListAnswer> {
  const rest = chunks[Symbol.asyncIterator]();
  const first = await rest.next();
  if (first.done === true) return { whole: emptyAnswer };
  const second = await rest.next();
  if (second.done === true) return { whole: first.value };
  return { first: first.value, rest: prepend(second.value, rest) };
}

function prepend(value: object, rest: AsyncIterator<object>): AsyncIterator<object> {
  let pending: object | undefined = value;
  return {
    async next() {
      if (pending === undefined) return rest.next();
      const item = pending;
      pending = undefined;
      return { done: false, value: item };
    },
  };
}

/**
 * Writes a long list as one JSON object, never holding more than a chunk of it. A client that reads slowly slows the
 * source; a source that fails after the headers can only break the connection.
 */
export async function writeList(response: ServerResponse, list: string, first: object, rest: AsyncIterator<object>): Promise<void> {
  await write(response, `{${JSON.stringify(list)}:[${items(list, first)}`);
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    const text = items(list, next.value);
    if (text !== '') await write(response, `,${text}`);
  }
  response.end(']}');
}

function items(list: string, chunk: object): string {
  return JSON.stringify((chunk as Record<string, unknown>)[list]).slice(1, -1);
}

async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed) throw new Error('the client went away');
  if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
}

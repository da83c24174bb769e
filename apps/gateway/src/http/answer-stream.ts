import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { isGone } from './exchange.js';

/** Up to this many items an answer is held to give it its length and ETag. */
const heldItems = 1_000;

/** A list that arrives in chunks: whole when it is short, else what has come and the rest. */
export type ListAnswer = { readonly whole: object } | { readonly first: object; readonly rest: AsyncIterator<object> };

/** Reads so much of a streamed list as is needed to know whether it is short. A refusal comes here, before any header. */
export async function openList(chunks: AsyncIterable<object>, list: string): Promise<ListAnswer> {
  const rest = chunks[Symbol.asyncIterator]();
  const held: unknown[] = [];
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    for (const item of itemsOf(list, next.value)) held.push(item);
    if (held.length > heldItems) return { first: { [list]: held }, rest };
  }
  return { whole: { [list]: held } };
}

/** Where a long answer is written: to the client, or to what packs it on its way there. */
type Sink = ServerResponse | Writable;

/**
 * Writes a long list as one JSON object with that one member, or as a bare array, never holding more than a chunk of it. A client that reads slowly slows the
 * source; a source that fails after the headers can only break the connection.
 */
export async function writeList(sink: Sink, list: string, first: object, rest: AsyncIterator<object>, inObject = true): Promise<void> {
  try {
    await write(sink, `${inObject ? `{${JSON.stringify(list)}:` : ''}[${items(list, first)}`);
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      const text = items(list, next.value);
      if (text !== '') await write(sink, `,${text}`);
    }
    sink.end(inObject ? ']}' : ']');
  } finally {
    // A client that has gone needs no more: the source is told.
    await rest.return?.();
  }
}

function itemsOf(list: string, chunk: object): readonly unknown[] {
  return (chunk as Record<string, readonly unknown[]>)[list] ?? [];
}

function items(list: string, chunk: object): string {
  return JSON.stringify(itemsOf(list, chunk)).slice(1, -1);
}

async function write(sink: Sink, text: string): Promise<void> {
  if (!isGone(sink) && !sink.write(text)) await drained(sink);
  if (isGone(sink)) throw new Error('the client went away');
}

function drained(sink: Sink): Promise<void> {
  return new Promise((resolve) => {
    // Both are taken off again: a long list waits many times.
    const done = () => {
      sink.off('drain', done).off('close', done);
      resolve();
    };
    sink.once('drain', done).once('close', done);
  });
}

import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { isGone } from './exchange.js';

/** Up to this many items an answer is held to give it its length and ETag. */
const heldItems = 1_000;

/** A part of a list as JSON: `{…},{…}`. */
export interface ListPart {
  readonly items: number;
  readonly text: string;
}

/** A list that arrives in parts: the text of all when it is short, else that of what has come, and the rest. */
export type ListAnswer =
  { readonly whole: string } | { readonly first: string; readonly rest: AsyncIterator<ListPart> };

/** The part that a message holds in its list of that name. */
export function partOf(list: string, message: object): ListPart {
  const items = (message as Record<string, readonly unknown[]>)[list] ?? [];
  return { items: items.length, text: JSON.stringify(items).slice(1, -1) };
}

/**
 * Reads so much of a streamed list as is needed to know whether it is short. A refusal comes here, before any header.
 * @param name of the one member of the JSON object that the list stands in; undefined for a bare array
 */
export async function openList(parts: AsyncIterable<ListPart>, name: string | undefined): Promise<ListAnswer> {
  const rest = parts[Symbol.asyncIterator]();
  const begin = name === undefined ? '[' : `{${JSON.stringify(name)}:[`;
  const held: string[] = [];
  let items = 0;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    if (next.value.items > 0) held.push(next.value.text);
    items += next.value.items;
    if (items > heldItems) return { first: begin + held.join(','), rest };
  }
  return { whole: begin + held.join(',') + endOf(name) };
}

/** Where a long answer is written: to the client, or to what packs it on its way there. */
type Sink = ServerResponse | Writable;

/**
 * Writes a long list that was opened under that name, never holding more than a part of it. A client that reads slowly slows the
 * source; a source that fails after the headers can only break the connection.
 */
export async function writeList(
  sink: Sink,
  name: string | undefined,
  first: string,
  rest: AsyncIterator<ListPart>,
): Promise<void> {
  try {
    await write(sink, first);
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      if (next.value.items > 0) await write(sink, `,${next.value.text}`);
    }
    sink.end(endOf(name));
  } finally {
    // A client that has gone needs no more: the source is told.
    await rest.return?.();
  }
}

function endOf(name: string | undefined): string {
  return name === undefined ? ']' : ']}';
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

import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { drained } from '@platform/runtime';
import { isGone } from './exchange.js';

/** Up to this many items, a list is held in memory so that its response gets a length and an ETag. */
const heldItems = 1_000;

/** A part of a list as JSON: `{…},{…}`. */
export interface ListPart {
  readonly items: number;
  readonly text: string;
}

/** A list that arrives in parts: the whole text if it is short; otherwise the text so far, and the remaining parts. */
export type ListAnswer =
  { readonly whole: string } | { readonly first: string; readonly rest: AsyncIterator<ListPart> };

/** The items of the list `list` that a message holds. */
export function partOf(list: string, message: object): ListPart {
  const items = (message as Record<string, readonly unknown[]>)[list] ?? [];
  return { items: items.length, text: JSON.stringify(items).slice(1, -1) };
}

/**
 * Reads as many parts of a streamed list as it takes to know whether it is short. Refusals are thrown here, before any
 * header is sent.
 * @param name the member of the JSON object that holds the list; undefined for a bare array
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

/** Where a long list is written: to the client, or to a compressor in front of it. */
type Sink = ServerResponse | Writable;

/**
 * Writes a long list that was opened under the same name, holding only one part at a time. A slow client slows down the
 * source; if the source fails after the headers were sent, only the connection can be closed.
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
    // When the client has gone, the source must be stopped.
    await rest.return?.();
  }
}

function endOf(name: string | undefined): string {
  return name === undefined ? ']' : ']}';
}

async function write(sink: Sink, text: string): Promise<void> {
  if (!isGone(sink) && !sink.write(text)) await drained(sink, 'close');
  if (isGone(sink)) throw new Error('the client went away');
}

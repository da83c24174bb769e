import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type ListPart, openList, partOf, writeList } from './answer-stream.js';

interface Chunk {
  readonly items: readonly number[];
}

function createSource(chunks: readonly (Chunk | Error)[]) {
  const state = { made: 0, stopped: false };
  async function* make(): AsyncGenerator<ListPart> {
    try {
      for (const chunk of chunks) {
        if (chunk instanceof Error) throw chunk;
        state.made += 1;
        yield partOf('items', chunk);
      }
    } finally {
      state.stopped = true;
    }
  }
  return { state, chunks: make() };
}

/** A client that accepts `window` writes and then stops until `read` is called. */
function createClient(window = Infinity) {
  const events = new EventEmitter();
  const client = { text: '', ended: false, unread: 0 };
  const response = Object.assign(events, {
    destroyed: false,
    write(text: string) {
      client.text += text;
      client.unread += 1;
      return client.unread < window;
    },
    end(text: string) {
      client.text += text;
      client.ended = true;
    },
  });
  return {
    client,
    events,
    response: response as unknown as ServerResponse,
    read() {
      client.unread = 0;
      events.emit('drain');
    },
    leave() {
      response.destroyed = true;
      events.emit('close');
    },
  };
}

const range = (from: number, count: number): Chunk => ({
  items: Array.from({ length: count }, (_, index) => from + index),
});

describe('a streamed list', () => {
  it.each([
    [[], []],
    [[range(0, 0)], []],
    [
      [range(0, 2), range(2, 0), range(2, 1)],
      [0, 1, 2],
    ],
    [[range(0, 1_000)], range(0, 1_000).items],
  ])('that is short is held whole', async (chunks, items) => {
    expect(await openList(createSource(chunks).chunks, 'items')).toEqual({ whole: JSON.stringify({ items }) });
  });

  it('that is long is begun with what has come', async () => {
    const source = createSource([range(0, 600), range(600, 600), range(1_200, 600)]);
    const opened = await openList(source.chunks, 'items');
    expect(source.state.made).toBe(2);
    if ('whole' in opened) throw new Error('held');
    const { client, response } = createClient();
    await writeList(response, 'items', opened.first, opened.rest);
    expect(JSON.parse(client.text)).toEqual(range(0, 1_800));
    expect(client.ended).toBe(true);
  });

  it('that stands in no object is a bare array', async () => {
    expect(await openList(createSource([range(0, 2)]).chunks, undefined)).toEqual({ whole: '[0,1]' });
    const opened = await openList(createSource([range(0, 1_001), range(1_001, 1)]).chunks, undefined);
    if ('whole' in opened) throw new Error('held');
    const { client, response } = createClient();
    await writeList(response, undefined, opened.first, opened.rest);
    expect(JSON.parse(client.text)).toEqual(range(0, 1_002).items);
  });

  it('that fails at its start fails before any header', async () => {
    await expect(openList(createSource([new Error('refused')]).chunks, 'items')).rejects.toThrow('refused');
  });

  it('leaves no comma for an empty chunk', async () => {
    const { client, response } = createClient();
    await writeList(response, 'items', '{"items":[0', createSource([range(1, 0), range(1, 1), range(2, 0)]).chunks);
    expect(client.text).toBe('{"items":[0,1]}');
  });

  it('that fails in its middle never ends as valid JSON', async () => {
    const { client, response } = createClient();
    await expect(
      writeList(response, 'items', '{"items":[0', createSource([range(1, 1), new Error('broken')]).chunks),
    ).rejects.toThrow('broken');
    expect(client.ended).toBe(false);
    expect(() => JSON.parse(client.text) as unknown).toThrow();
  });

  it('waits for a slow client and leaves no listener behind', async () => {
    const source = createSource(Array.from({ length: 30 }, (_, index) => range(index, 1)));
    const { client, events, response, read } = createClient(1);
    const writing = writeList(response, 'items', '{"items":[0', source.chunks);
    await sleep(20);
    expect(source.state.made).toBe(0);
    read();
    await sleep(20);
    expect(source.state.made).toBe(1);
    expect(events.listenerCount('close')).toBe(1);
    while (!client.ended) {
      read();
      await sleep(0);
    }
    await writing;
    expect(events.listenerCount('close') + events.listenerCount('drain')).toBe(0);
  });

  it('stops its source when the client goes away', async () => {
    const source = createSource(Array.from({ length: 30 }, (_, index) => range(index, 1)));
    const { response, read, leave } = createClient(1);
    const writing = writeList(response, 'items', '{"items":[0', source.chunks);
    await sleep(5);
    read();
    await sleep(5);
    leave();
    await expect(writing).rejects.toThrow('the client went away');
    expect(source.state).toEqual({ made: 1, stopped: true });
  });
});

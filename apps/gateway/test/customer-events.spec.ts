import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { CustomerEventService } from '@platform/descriptors';
import { bind } from '@platform/grpc';
import { type CustomerEvent, EventLogServiceDefinition } from '@platform/messages';
import { eventually, within } from '@platform/testing';
import type { GatewayConfig } from '../src/index.js';
import { createStage, type Stage } from './gateway.js';

const anEvent = (position: number): CustomerEvent => ({
  specversion: '1.0',
  id: `customers-${position}`,
  source: '/banks/a',
  type: 'customer.created',
  subject: `c${position}`,
  time: '2026-01-21T23:08:00.000Z',
  datacontenttype: 'application/json',
  sequence: String(position).padStart(16, '0'),
  data: null,
});

/** The log of bank "a". */
let log: CustomerEvent[] = [];
let stage: Stage | undefined;
afterEach(async () => {
  await stage?.close();
  log = [];
});

async function open(settings: Partial<GatewayConfig> = {}): Promise<Stage> {
  const events = bind(EventLogServiceDefinition, {
    async readEvents({ bank_id, after, limit, wait_ms }, { signal }) {
      const newer = () => log.filter(({ sequence }) => Number(sequence) > after).slice(0, limit);
      for (let waited = 0; newer().length === 0 && waited < wait_ms && !signal().aborted; waited += 10) await sleep(10);
      return { events: bank_id === 'a' ? newer() : [] };
    },
    getLastPosition: async () => ({ position: log.length }),
  });
  stage = await createStage({}, settings, [events]);
  return stage;
}

/** Reads server-sent events until there are so many lines that are no comment. */
async function read(response: Response, lines: number): Promise<string[]> {
  const found: string[] = [];
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  while (found.length < lines) {
    const { done, value } = await within(10_000, 'server-sent events', reader.read());
    if (done) break;
    const parts = (rest + value).split('\n');
    rest = parts.pop() ?? '';
    found.push(...parts.filter((line) => line !== '' && line !== ':'));
  }
  await reader.cancel();
  return found;
}

const linesOf = (position: number) => [
  `id: ${String(position).padStart(16, '0')}`,
  `data: ${JSON.stringify(anEvent(position))}`,
];

describe('watchCustomers over REST', () => {
  it('sends what happens from now on, and what came after the last event that a browser has', async () => {
    const { get } = await open();
    log.push(anEvent(1));
    const first = await get('/banks/a/events', { Accept: 'text/event-stream' });
    expect([first.status, first.headers.get('content-type'), first.headers.get('cache-control')]).toEqual([
      200,
      'text/event-stream',
      'no-store',
    ]);
    log.push(anEvent(2), anEvent(3));
    expect(await read(first, 4)).toEqual([...linesOf(2), ...linesOf(3)]);
    const again = await get('/banks/a/events?from=1', { 'Last-Event-ID': '0000000000000002' });
    expect(await read(again, 2)).toEqual(linesOf(3));
    expect(await read(await get('/banks/a/events?from=0'), 6)).toEqual([1, 2, 3].flatMap(linesOf));
  });

  it('goes through a log that is longer than a page', async () => {
    const { get } = await open();
    log.push(...Array.from({ length: 1_050 }, (_, index) => anEvent(index + 1)));
    const lines = await read(await get('/banks/a/events?from=0'), 2_100);
    expect(lines.filter((line) => line.startsWith('id:'))).toEqual(log.map(({ sequence }) => `id: ${sequence}`));
  });

  it('is refused before it begins: at no bank, without the role, from a place that is none', async () => {
    const { get, origin } = await open();
    expect((await get('/banks/b/events')).status).toBe(404);
    expect((await fetch(`${origin}/obp/v5.1.0/banks/a/events`)).status).toBe(401);
    for (const from of ['x', '-1', '99999999999999999'])
      expect((await get(`/banks/a/events?from=${from}`)).status).toBe(400);
    expect((await get('/banks/a/events', { Accept: 'application/json' })).status).toBe(404);
  });

  it('ends by itself, and when the gateway does, in a way that a client can tell from a fault', async () => {
    const { get, closeGateway } = await open({ WATCH_SECONDS: 1 });
    const short = await get('/banks/a/events');
    expect(await within(5_000, 'the end of the stream', short.text())).toMatch(/^(:\n\n)+$/);
    const cut = await get('/banks/a/events');
    const rest = cut.text();
    await within(5_000, 'the gateway to close', closeGateway());
    expect(await rest).toMatch(/^(:\n\n)+$/);
  });

  it('has a limit of its own, and does not count as a running request', async () => {
    const { get } = await open({ MAX_WATCHERS: 20, MAX_REQUESTS_IN_FLIGHT: 8 });
    const streams = [];
    for (let n = 0; n < 20; n += 1) streams.push(await get('/banks/a/events'));
    expect(streams.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect((await get('/banks/a/events')).status).toBe(429);
    expect((await get('/root')).status).toBe(200);
    await streams[0]?.body?.cancel();
    await within(
      10_000,
      'a place to become free',
      (async () => {
        for (let next = await get('/banks/a/events'); ; next = await get('/banks/a/events')) {
          await next.body?.cancel();
          if (next.status !== 429) return;
          await sleep(100);
        }
      })(),
    );
    for (const { body } of streams.slice(1)) await body?.cancel();
  });
});

it('watchCustomers over gRPC streams the same events, and ends when the gateway does', async () => {
  const { origin, closeGateway } = await open({ MAX_REQUESTS_IN_FLIGHT: 4 });
  log.push(anEvent(1), anEvent(2));
  const client = createClient(CustomerEventService, createGrpcTransport({ baseUrl: origin }));
  const watch = async (enough: number, ids: string[] = []) => {
    for await (const { events } of client.watchCustomers(
      { bankId: 'a', from: '1' },
      { headers: { DirectLogin: 'token=T' } },
    )) {
      ids.push(...events.map(({ id }) => id));
      if (ids.length >= enough) break;
    }
    return ids;
  };
  const several = Array.from({ length: 8 }, () => watch(2));
  await sleep(200);
  log.push(anEvent(3));
  expect(await Promise.all(several)).toEqual(Array(8).fill(['customers-2', 'customers-3']));
  const got: string[] = [];
  const endless = watch(Infinity, got);
  await eventually(5_000, 'the events', () => got.length === 2);
  await within(5_000, 'the gateway to close', closeGateway());
  expect(await endless).toEqual(['customers-2', 'customers-3']);
});

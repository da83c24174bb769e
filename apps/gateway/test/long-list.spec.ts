import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fail } from '@platform/failure';
import { type CustomersMinimal, Failure } from '@platform/messages';
import { createStage, type CustomerHandlers, type Stage } from './gateway.js';

let stage: Stage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

const path = '/banks/a/customers-minimal';
const perChunk = 500;
/** A page of customers, numbered from its first. */
const page = (from: number): CustomersMinimal => ({
  customers: Array.from({ length: perChunk }, (_, index) => ({
    bank_id: 'a',
    customer_id: `${String(from + index)}-${'x'.repeat(100)}`,
  })),
});

type List = NonNullable<CustomerHandlers['getCustomersMinimalAtOneBank']>;
const open = async (list: List) => (stage = await createStage({ getCustomersMinimalAtOneBank: list }));

describe('a long list', () => {
  it('is one JSON object in the order in which it comes', async () => {
    const { get } = await open(async function* ({ limit }) {
      for (let from = 0; from < (limit ?? 0); from += perChunk) yield page(from);
    });
    const response = await get(`${path}?limit=20000&offset=7`);
    expect(response.status).toBe(200);
    expect(response.headers.get('range')).toBe('items=7-20000');
    expect(response.headers.get('content-type')).toBe('application/json;charset=utf-8');
    const { customers } = (await response.json()) as CustomersMinimal;
    expect(customers.map(({ customer_id }) => Number.parseInt(customer_id))).toEqual(
      Array.from({ length: 20_000 }, (_, index) => index),
    );
  });

  it('is fetched no faster than its client reads, and no further once the client has gone', async () => {
    let made = 0;
    let stopped = false;
    const { port } = await open(async function* () {
      try {
        for (; made < 2_000; made += 1) yield page(made * perChunk);
      } finally {
        stopped = true;
      }
    });
    const client = request({
      port,
      host: '127.0.0.1',
      path: `/obp/v5.1.0${path}?limit=1000000`,
      headers: { DirectLogin: 'token=T' },
    });
    client.end();
    await new Promise<void>((resolve, reject) =>
      client
        .on('response', (response) => {
          response.pause();
          resolve();
        })
        .on('error', reject),
    );
    for (let before = -1; before !== made; await sleep(500)) before = made;
    expect(made).toBeLessThan(500);
    client.destroy();
    while (!stopped) await sleep(10);
    expect(made).toBeLessThan(600);
  });

  it('that breaks in its middle breaks the connection and never ends as JSON', async () => {
    const { get } = await open(async function* () {
      for (let from = 0; from < 5_000; from += perChunk) yield page(from);
      throw new Error('the database went away');
    });
    const response = await get(`${path}?limit=100000`);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('that is refused, or breaks before a thousand, is an answer like any other', async () => {
    const { get } = await open(async function* ({ limit }) {
      yield page(0);
      if (limit === 1) fail(Failure.FAILURE_INVALID_LIMIT);
      throw new Error('the database went away');
    });
    expect((await get(`${path}?limit=1`)).status).toBe(400);
    const broken = await get(path);
    expect(broken.status).toBe(500);
    expect(await broken.json()).toEqual({ code: 500, message: 'OBP-50000: Unknown Error.' });
  });

  it('that is short has its length and its ETag, and is not sent twice', async () => {
    const { get } = await open(async function* () {
      yield { customers: [{ bank_id: 'a', customer_id: '1' }] };
    });
    const first = await get(path);
    const etag = first.headers.get('etag') ?? '';
    expect(await first.json()).toEqual({ customers: [{ bank_id: 'a', customer_id: '1' }] });
    expect(etag).toMatch(/^[0-9a-f]{64}$/);
    const second = await get(path, { 'If-None-Match': etag });
    expect([second.status, await second.text(), second.headers.get('etag')]).toEqual([304, '', etag]);
    expect((await get(`${path}?limit=2`, { 'If-None-Match': etag })).status).toBe(200);
  });
});

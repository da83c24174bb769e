import { afterEach, expect, it } from '@jest/globals';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { metrics } from './metrics.js';
import { openTelemetry } from './telemetry.js';
import { untraced } from './trace-headers.js';
import { activeScope, beginTrace, startSpan, traceIdOf } from './tracing.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A collector that answers nothing until it wakes. */
async function startSleeper() {
  const waiting: ServerResponse[] = [];
  let awake = false;
  let received = 0;
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received += body.split('"spanId"').length - 1;
      if (awake) response.end('{}');
      else waiting.push(response);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => received,
    wake() {
      awake = true;
      for (const response of waiting.splice(0)) response.end('{}');
    },
  };
}

const open = (endpoint: string, ratio = 1) =>
  openTelemetry({ traces: { name: 'test', version: '0', endpoint, ratio, follows_caller: true, delay_ms: 20 } });
const begin = (correlation_id: string, headers = untraced) =>
  beginTrace({ correlation_id, headers, name: 'work', attributes: () => ({}) });

// First, because exports of another test could end during it and be counted.
it('counts each span as exported or lost', async () => {
  const sleeper = await startSleeper();
  const telemetry = await open(sleeper.endpoint);
  const counts = { exported: 0, lost: 0 };
  metrics.spans.record = (spans, result) => (counts[result as keyof typeof counts] += spans);
  try {
    for (let index = 0; index < 5_000; index += 1) begin(`c-${index}`)?.end();
    sleeper.wake();
    for (const end = Date.now() + 10_000; counts.exported + counts.lost < 5_000 && Date.now() < end;)
      await new Promise((resolve) => setTimeout(resolve, 10));
  } finally {
    await telemetry.close();
    metrics.spans.silence();
  }
  expect(counts.lost).toBeGreaterThan(1_000);
  expect(counts).toEqual({ exported: sleeper.received(), lost: 5_000 - sleeper.received() });
});

it('keeps a bounded number of spans for a collector that does not answer', async () => {
  const sleeper = await startSleeper();
  const telemetry = await open(sleeper.endpoint);
  for (let index = 0; index < 20_000; index += 1) {
    begin(`c-${index}`)?.end();
    if (index % 1_000 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  sleeper.wake();
  await telemetry.close();
  expect(sleeper.received()).toBeGreaterThan(0);
  // The queue, and the two exports that may be under way.
  expect(sleeper.received()).toBeLessThanOrEqual(2_048 + 2 * 512);
});

it.each([
  ['does not answer', async () => (await startSleeper()).endpoint],
  ['is not there', async () => 'http://127.0.0.1:9'],
])('a collector that %s delays the end by at most two seconds', async (_, endpoint) => {
  const telemetry = await open(await endpoint());
  begin('c-1')?.end();
  const since = performance.now();
  await telemetry.close();
  expect(performance.now() - since).toBeLessThan(2_000);
});

it('carries the scope through promises of recorded work, and only there', async () => {
  const telemetry = await open('http://127.0.0.1:9');
  const trace = begin('c-1');
  const seen = await trace?.run(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    startSpan('statement', 'client', () => ({}))?.end();
    return activeScope()?.span;
  });
  expect(seen).toBe(trace?.span);
  expect(activeScope()).toBeUndefined();
  trace?.end();
  expect(startSpan('later', 'client', () => ({}))).toBeUndefined();
  await telemetry.close();
});

it('knows the trace of a request that is not recorded, until it ends', async () => {
  const telemetry = await open('http://127.0.0.1:9', 0);
  const trace = begin('c-1');
  expect(trace?.span).toBeUndefined();
  expect(traceIdOf('c-1')).toMatch(/^[\da-f]{32}$/);
  trace?.end();
  expect(traceIdOf('c-1')).toBeUndefined();
  await telemetry.close();
  expect(begin('c-2')).toBeUndefined();
});

import { afterEach, expect, it } from '@jest/globals';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { headersOf, scopeOf, traceIdOf } from './held.js';
import { metrics } from './metrics.js';
import { shareTrace } from './shared.js';
import { openTelemetry } from './telemetry.js';
import { readTraceHeaders, unsampled, untraced } from './trace-headers.js';
import { beginTrace, continueTrace, startSpan } from './tracing.js';

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
const beginning = (correlation_id: string, given = untraced) => ({
  correlation_id,
  given,
  name: 'work',
  attributes: () => ({}),
});
const begin = (correlation_id: string, given = untraced) => beginTrace(beginning(correlation_id, given));

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

const given = readTraceHeaders('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'vendor=1');
const trace_id = '0af7651916cd43dd8448eb211c80319c';

it('makes children of what is recorded, and nothing else', async () => {
  const telemetry = await open('http://127.0.0.1:9');
  const trace = begin('c-1', given);
  const child = startSpan(trace?.scope, 'statement', 'client', () => ({}));
  expect(child?.headers.traceparent).toMatch(new RegExp(`^00-${trace_id}-[\\da-f]{16}-01$`));
  expect(child?.headers).not.toEqual(trace?.scope?.span.headers);
  expect(startSpan(undefined, 'statement', 'client', () => ({}))).toBeUndefined();
  child?.end();
  trace?.end();
  await telemetry.close();
});

it('a request that is not recorded leaves nothing behind', async () => {
  const telemetry = await open('http://127.0.0.1:9', 0);
  expect(begin('c-1')).toBeUndefined();
  expect(scopeOf('c-1')).toBeUndefined();
  expect(headersOf('c-1')).toBe(untraced);
  await telemetry.close();
});

it('knows the trace that a client says not to record, until the request ends', async () => {
  const telemetry = await open('http://127.0.0.1:9', 1);
  const trace = begin('c-1', unsampled(given));
  expect([trace?.scope, traceIdOf('c-1')]).toEqual([undefined, trace_id]);
  trace?.end();
  expect(traceIdOf('c-1')).toBeUndefined();
  await telemetry.close();
  expect(begin('c-2', given)).toBeUndefined();
});

it('a client that is not followed decides nothing, for the services neither', async () => {
  const traces = { name: 'test', version: '0', endpoint: 'http://127.0.0.1:9', ratio: 0, follows_caller: false };
  const telemetry = await openTelemetry({ traces });
  const trace = begin('c-1', given);
  expect([trace?.scope, headersOf('c-1')]).toEqual([undefined, unsampled(given)]);
  trace?.end();
  await telemetry.close();
});

it('a service records the calls that its caller records, at any ratio', async () => {
  const telemetry = await open('http://127.0.0.1:9', 1);
  expect(continueTrace(beginning('c-1'))).toBeUndefined();
  const calls = [given, unsampled(given)].map((headers) => continueTrace(beginning('c-1', headers)));
  expect(calls.map((call) => call?.scope !== undefined)).toEqual([true, false]);
  calls.forEach((call) => call?.end());
  await telemetry.close();
});

it('several requests share a look-up: the first recorded one has it, the others have a span while it runs', async () => {
  const sleeper = await startSleeper();
  sleeper.wake();
  const telemetry = await open(sleeper.endpoint, 1);
  const traces = ['a', 'b'].map((id) => begin(id));
  expect(shareTrace('look-up', ['x', 'y'])).toBeUndefined();
  const shared = shareTrace('look-up', ['x', 'a', 'b', 'a', 'b']);
  expect(shared?.correlation_id).toBe('a');
  shared?.end();
  traces.forEach((trace) => trace?.end());
  await telemetry.close();
  // The two requests, the span in the second one's trace, and its link to the first.
  expect(sleeper.received()).toBe(4);
});

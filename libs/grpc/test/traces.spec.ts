import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { BankLookupServiceDefinition } from '@platform/messages';
import {
  beginTrace,
  headersOf,
  openTelemetry,
  readTraceHeaders,
  type Scope,
  type Telemetry,
  type TraceHeaders,
  untraced,
} from '@platform/telemetry';
import { bind, createLookUps, holdDeadline } from '../src/index.js';
import { observeCall, observeServed } from '../src/observed.js';
import { timeLeft } from '../src/time-left.js';
import { carriages, carryBy, context, findBank, serve, type Served } from './fake-service.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';
const given = (flags: string): TraceHeaders => readTraceHeaders(`00-${trace}-${span}-${flags}`, 'vendor=1');

let telemetry: Telemetry;
beforeAll(async () => {
  // Nothing listens there, which must not matter.
  const endpoint = 'http://127.0.0.1:9';
  telemetry = await openTelemetry({
    traces: { name: 'test', version: '0', endpoint, ratio: 0, follows_caller: true },
  });
});
afterAll(() => telemetry.close());

describe.each(carriages)('a call by %s', (carriage) => {
  let served: Served;
  let seen: TraceHeaders | undefined;
  const servicesIn = (scope?: Scope) => [
    bind(BankLookupServiceDefinition, {
      async findBank(_request, { correlation_id }) {
        seen = scope?.span.headers ?? headersOf(correlation_id);
        return { exists: true };
      },
    }),
  ];
  beforeAll(async () => {
    carryBy(carriage);
    served = await serve(servicesIn(), { servicesIn });
  });
  afterAll(() => served.close());

  const callIn = async (headers: TraceHeaders) => {
    const request = beginTrace({ correlation_id: 'c-1', given: headers, name: 'request', attributes: () => ({}) });
    await served.peer.call(findBank, { bank_id: 'b' }, context);
    request?.end();
    return { request: request?.scope?.span.headers, handler: seen };
  };

  it('belongs to the trace of its request, which is recorded', async () => {
    const { request, handler } = await callIn(given('01'));
    expect(handler?.traceparent).toMatch(new RegExp(`^00-${trace}-[\\da-f]{16}-01$`));
    expect(handler?.traceparent).not.toBe(request?.traceparent);
    expect(handler?.tracestate).toBe('vendor=1');
  });

  it('belongs to a trace that is not recorded, too', async () => {
    const { request, handler } = await callIn(given('00'));
    expect(request).toBeUndefined();
    expect(handler).toEqual(given('00'));
  });

  it('without a trace begins none', async () => {
    const { request, handler } = await callIn(untraced);
    expect(request).toBeUndefined();
    expect(handler).toBe(untraced);
  });
});

describe('look-ups of several requests', () => {
  const begin = (correlation_id: string, flags: string) =>
    beginTrace({ correlation_id, given: given(flags), name: 'request', attributes: () => ({}) });

  it('are made for the first that is recorded, with the time of the last one', async () => {
    const ends = [holdDeadline('b', performance.now() + 200), holdDeadline('d', performance.now() + 4_000)];
    const traces = [begin('b', '01'), begin('d', '00')];
    const asked: [string, number][] = [];
    const look = createLookUps<{ readonly correlation_id: string }, number>(
      async (keys, correlation_id) => {
        asked.push([correlation_id, Math.round(timeLeft(correlation_id) / 1_000)]);
        return keys.map(() => 1);
      },
      { limit: 10, parallel: 1 },
    );
    await Promise.all(['a', 'b', 'c', 'd'].map((correlation_id) => look({ correlation_id })));
    await Promise.all(['a', 'd'].map((correlation_id) => look({ correlation_id })));
    expect(asked).toEqual([
      ['b', 4],
      ['d', 4],
    ]);
    traces.forEach((one) => one?.end());
    ends.forEach((end) => end());
  });
});

it('a call that is not recorded costs less than 2 µs, in its caller and in its service together', () => {
  const path = '/obp.directory.v1.BankLookupService/FindBank';
  const calls = 20_000;
  const cost_us = () => {
    const before = process.cpuUsage();
    for (let index = 0; index < calls; index += 1) {
      const made = observeCall(path, 'c-9');
      const served = observeServed({ path, correlation_id: 'c-9' }, made.headers);
      served.end(status.OK);
      made.end(status.OK);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / calls;
  };
  // Only the best of several: other processes, and the compiler at first, cost time too.
  expect(Math.min(...Array.from({ length: 10 }, cost_us))).toBeLessThan(2);
});

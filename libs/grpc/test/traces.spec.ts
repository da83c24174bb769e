import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BankLookupServiceDefinition } from '@platform/messages';
import {
  activeScope,
  beginTrace,
  headersOf,
  openTelemetry,
  readTraceHeaders,
  type Telemetry,
  type TraceHeaders,
} from '@platform/telemetry';
import { bind } from '../src/index.js';
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
  beforeAll(async () => {
    carryBy(carriage);
    served = await serve([
      bind(BankLookupServiceDefinition, {
        async findBank(_request, { correlation_id }) {
          await new Promise(setImmediate);
          seen = activeScope()?.span.headers ?? headersOf(correlation_id);
          return { exists: true };
        },
      }),
    ]);
  });
  afterAll(() => served.close());

  const callIn = async (headers: TraceHeaders) => {
    const request = beginTrace({ correlation_id: 'c-1', headers, name: 'request', attributes: () => ({}) });
    await request?.run(() => served.peer.call(findBank, { bank_id: 'b' }, context));
    request?.end();
    return { request: request?.span?.headers, handler: seen };
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
});

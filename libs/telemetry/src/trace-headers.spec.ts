import { expect, it } from '@jest/globals';
import { isSampledIn, readTraceHeaders, spanIdIn, traceIdIn, unsampled, untraced } from './trace-headers.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';

it('reads what W3C describes, and writes its version', () => {
  const headers = readTraceHeaders(`00-${trace}-${span}-01`, 'vendor=1');
  expect([traceIdIn(headers), spanIdIn(headers), isSampledIn(headers)]).toEqual([trace, span, true]);
  expect(headers.tracestate).toBe('vendor=1');
  expect(readTraceHeaders(`cc-${trace}-${span}-02-more`, undefined)).toEqual({
    traceparent: `00-${trace}-${span}-02`,
    tracestate: '',
  });
});

it.each([
  undefined,
  ['00'],
  '',
  trace,
  `ff-${trace}-${span}-01`,
  `00-${'0'.repeat(32)}-${span}-01`,
  `00-${trace}-${'0'.repeat(16)}-01`,
  `00-${trace.toUpperCase()}-${span}-01`,
  `00-${trace}-${span}-01x`,
])('takes %p for no trace', (traceparent) => {
  expect(readTraceHeaders(traceparent, 'vendor=1')).toBe(untraced);
});

it.each([['x'.repeat(513)], ['a=\n'], ['a=é'], [undefined]])('drops the state %p', (tracestate) => {
  expect(readTraceHeaders(`00-${trace}-${span}-01`, tracestate).tracestate).toBe('');
});

it('keeps the trace of what is not recorded', () => {
  const given = readTraceHeaders(`00-${trace}-${span}-01`, 'vendor=1');
  expect(unsampled(given)).toEqual(readTraceHeaders(`00-${trace}-${span}-00`, 'vendor=1'));
});

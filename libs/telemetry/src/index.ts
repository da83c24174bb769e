export { Gauge, Instrument } from './instrument.js';
export { gauges, metrics } from './metrics.js';
export { openTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.js';
export { readTraceHeaders, type TraceHeaders, untraced } from './trace-headers.js';
export { headersOf, scopeOf, traceIdOf } from './held.js';
export { joined, shareTrace } from './shared.js';
export type { Attributes, Ending, Scope, Span } from './span.js';
export { type Beginning, beginTrace, continueTrace, type RequestTrace, startSpan } from './tracing.js';

export { Gauge, Instrument } from './instrument.js';
export { gauges, metrics } from './metrics.js';
export { isObserved, openTelemetry, type Telemetry, type TelemetryOptions } from './telemetry.js';
export { readTraceHeaders, type TraceHeaders, untraced } from './trace-headers.js';
export {
  activeScope,
  type Attributes,
  beginTrace,
  type Ending,
  headersOf,
  inScope,
  isTracing,
  joined,
  type RequestTrace,
  type Scope,
  type Span,
  startSpan,
  traceIdOf,
} from './tracing.js';

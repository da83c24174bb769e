import {
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  SpanKind as OtelKind,
  SpanStatusCode,
  type Span as OtelSpan,
  trace,
  type Tracer as OtelTracer,
  TraceFlags,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type SpanExporter,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { randomUUID } from 'node:crypto';
import { metrics } from './metrics.js';
import { spanIdIn, type TraceHeaders, traceIdIn } from './trace-headers.js';
import type { Attributes, Ending, Span, SpanKind, Tracer } from './span.js';

export interface OtlpOptions {
  /** The process's name. */
  readonly name: string;
  readonly version: string;
  /** The collector's address, "http://127.0.0.1:4318". */
  readonly endpoint: string;
  /** Milliseconds between two exports; 2,000. */
  readonly delay_ms?: number;
}

/** Spans that wait for the collector; further ones are lost. */
const maxWaiting = 2_048;
const export_ms = 5_000;
/** How long the end of a process waits for the collector. */
const close_ms = 1_500;
const kinds: Readonly<Record<SpanKind, OtelKind>> = {
  server: OtelKind.SERVER,
  client: OtelKind.CLIENT,
  internal: OtelKind.INTERNAL,
};

/** Sends spans to a collector in OTLP over HTTP, as JSON. A collector that does not answer delays nobody. */
export function createOtlpTracer({ name, version, endpoint, delay_ms = 2_000 }: OtlpOptions): Tracer {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: export_ms,
    concurrencyLimit: 2,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': name,
      'service.version': version,
      'service.instance.id': randomUUID(),
    }),
    // Whether a trace is recorded has been decided before.
    sampler: new AlwaysOnSampler(),
    spanProcessors: [bounded(exporter, delay_ms)],
  });
  const tracer = provider.getTracer('customer-platform', version);
  return {
    start: (label, kind, parent, attributes) =>
      new OtlpSpan(tracer, tracer.startSpan(label, { kind: kinds[kind], attributes }, contextOf(parent))),
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, close_ms)));
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

function contextOf(parent: TraceHeaders): Context {
  if (parent.traceparent === '') return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: traceIdIn(parent),
    spanId: spanIdIn(parent),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    ...(parent.tracestate === '' ? {} : { traceState: createTraceState(parent.tracestate) }),
  });
}

class OtlpSpan implements Span {
  readonly headers: TraceHeaders;

  constructor(
    private readonly tracer: OtelTracer,
    readonly original: OtelSpan,
  ) {
    const { traceId, spanId, traceState } = original.spanContext();
    this.headers = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: traceState?.serialize() ?? '' };
  }

  child(name: string, kind: SpanKind, attributes: Attributes, links: readonly Span[]): Span {
    const linked = links.map((link) => ({ context: (link as OtlpSpan).original.spanContext() }));
    const parent = trace.setSpan(ROOT_CONTEXT, this.original);
    const span = this.tracer.startSpan(name, { kind: kinds[kind], attributes, links: linked }, parent);
    return new OtlpSpan(this.tracer, span);
  }

  rename(name: string): void {
    this.original.updateName(name);
  }

  end({ attributes, error }: Ending = {}): void {
    if (attributes !== undefined) this.original.setAttributes(attributes);
    if (error !== undefined) this.original.setAttribute('error.type', error).setStatus({ code: SpanStatusCode.ERROR });
    this.original.end();
  }
}

/** Keeps spans for the exporter, and counts those that find no room: the library drops them without telling anybody. */
function bounded(exporter: SpanExporter, delay_ms: number): SpanProcessor {
  let waiting = 0;
  const processor = new BatchSpanProcessor({
    exporter: counted(exporter, (taken) => (waiting -= taken)),
    maxQueueSize: maxWaiting,
    scheduledDelayMillis: delay_ms,
    exportTimeoutMillis: export_ms,
  });
  return {
    onStart: (span, context) => processor.onStart(span, context),
    onEnd(span) {
      if (waiting >= maxWaiting) return metrics.spans.record(1, 'lost');
      waiting += 1;
      processor.onEnd(span);
    },
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
}

/** Counts what the collector took: the exporter itself reports failures to nobody. */
function counted(exporter: SpanExporter, take: (spans: number) => void): SpanExporter {
  return {
    export(spans, done) {
      take(spans.length);
      exporter.export(spans, (result) => {
        metrics.spans.record(spans.length, (result.code as number) === 0 ? 'exported' : 'lost');
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush === undefined ? {} : { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}

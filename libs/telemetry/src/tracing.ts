import { hold } from './held.js';
import type { Attributes, Ending, Scope, Span, SpanKind, Tracer } from './span.js';
import { isSampledIn, readTraceHeaders, type TraceHeaders, unsampled, untraced } from './trace-headers.js';

export interface Sampling {
  /** The part of new traces that is recorded, 0 to 1. */
  readonly ratio: number;
  /** Whether a client decides for its own traces. */
  readonly follows_caller: boolean;
}

/** The trace of one request or call. */
export interface RequestTrace {
  /** Absent when it is not recorded. */
  readonly scope: Scope | undefined;
  /** Only the first end counts. */
  end(ending?: Ending): void;
}

export interface Beginning {
  readonly correlation_id: string;
  /** The headers that the caller sent. */
  readonly given: { readonly traceparent?: unknown; readonly tracestate?: unknown };
  readonly name: string;
  /** Called only for a recorded trace. */
  readonly attributes: () => Attributes;
}

/** A process has one tracer at most, as it has one log. */
let recording: { readonly tracer: Tracer; readonly sampling: Sampling } | undefined;

/** @returns what stops the recording */
export function startTracing(tracer: Tracer, sampling: Sampling): { close(): Promise<void> } {
  recording = { tracer, sampling };
  return {
    close() {
      recording = undefined;
      return tracer.close();
    },
  };
}

/**
 * Begins the trace of a client's request, or continues the client's. Undefined when there is none: then nothing is
 * recorded, here or in the services.
 */
export function beginTrace(beginning: Beginning): RequestTrace | undefined {
  if (recording === undefined) return undefined;
  const { ratio, follows_caller } = recording.sampling;
  const headers = headersIn(beginning);
  const isRecorded = headers !== untraced && follows_caller ? isSampledIn(headers) : Math.random() < ratio;
  if (isRecorded) return record(recording.tracer, headers, beginning);
  return headers === untraced ? undefined : passOn(beginning.correlation_id, unsampled(headers));
}

/** Continues the trace of a call from another part of the platform, which has decided whether it is recorded. */
export function continueTrace(beginning: Beginning): RequestTrace | undefined {
  if (recording === undefined) return undefined;
  const headers = headersIn(beginning);
  if (headers === untraced) return undefined;
  return isSampledIn(headers)
    ? record(recording.tracer, headers, beginning)
    : passOn(beginning.correlation_id, headers);
}

const headersIn = ({ given }: Beginning): TraceHeaders => readTraceHeaders(given.traceparent, given.tracestate);

function record(tracer: Tracer, headers: TraceHeaders, { correlation_id, name, attributes }: Beginning): RequestTrace {
  const span = tracer.start(name, 'server', headers, { correlation_id, ...attributes() });
  const scope = { span, links: [] };
  const release = hold(correlation_id, span.headers, scope);
  let over = false;
  return {
    scope,
    end(ending) {
      if (over) return;
      over = true;
      release();
      span.end(ending);
    },
  };
}

/** A trace that is not recorded: its calls and log lines belong to it all the same. */
function passOn(correlation_id: string, headers: TraceHeaders): RequestTrace {
  const release = hold(correlation_id, headers, undefined);
  return { scope: undefined, end: release };
}

/** Begins a span inside the scope. Undefined when that is not recorded. */
export function startSpan(
  scope: Scope | undefined,
  name: string,
  kind: SpanKind,
  attributes: () => Attributes,
): Span | undefined {
  return scope?.span.child(name, kind, attributes(), scope.links);
}

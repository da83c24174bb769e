import { AsyncLocalStorage } from 'node:async_hooks';
import { isSampledIn, newUnsampled, type TraceHeaders, traceIdIn, untraced } from './trace-headers.js';

export type Attributes = Readonly<Record<string, string | number>>;
export type SpanKind = 'server' | 'client';

/** How a span ended. */
export interface Ending {
  readonly attributes?: Attributes;
  /** The kind of error, such as "OBP-30046" or "UNAVAILABLE"; never a message, which may name a person. */
  readonly error?: string | undefined;
}

/** A recorded part of a trace. */
export interface Span {
  /** As they are sent to other processes. */
  readonly headers: TraceHeaders;
  child(name: string, kind: SpanKind, attributes: Attributes, links: readonly Span[]): Span;
  rename(name: string): void;
  end(ending?: Ending): void;
}

/** Records spans. */
export interface Tracer {
  start(name: string, kind: SpanKind, parent: TraceHeaders, attributes: Attributes): Span;
  close(): Promise<void>;
}

export interface Sampling {
  /** The part of new traces that is recorded, 0 to 1. */
  readonly ratio: number;
  /** Whether a caller decides for its own traces. */
  readonly follows_caller: boolean;
}

/** What is being worked on: new spans are children of the span, and linked to the others. */
export interface Scope {
  readonly span: Span;
  readonly links: readonly Span[];
}

interface Held {
  readonly headers: TraceHeaders;
  holders: number;
}

/** A process has one tracer at most, as it has one log. */
let recording: { readonly tracer: Tracer; readonly sampling: Sampling } | undefined;
/** The traces of the requests that this process works on, recorded or not, by correlation id. */
const held = new Map<string, Held>();
/**
 * Carries the scope through the promises of recorded requests. On Node 20 the hooks of an AsyncLocalStorage slow down
 * every promise of the process, so it is switched off while no recorded request is running.
 */
const scopes = new AsyncLocalStorage<Scope | undefined>();
let recorded = 0;

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

export function isTracing(): boolean {
  return recording !== undefined;
}

/** The trace of one request or call. */
export interface RequestTrace {
  /** Absent when it is not recorded. */
  readonly span: Span | undefined;
  /** Does the work so that its calls and statements belong to the trace. */
  run<T>(work: () => T): T;
  end(ending?: Ending): void;
}

export interface Beginning {
  readonly correlation_id: string;
  /** What the caller sent. */
  readonly headers: TraceHeaders;
  readonly name: string;
  /** Called only for a recorded trace. */
  readonly attributes: () => Attributes;
}

/** Begins the trace of a request, or continues its caller's. Undefined when this process traces nothing. */
export function beginTrace({ correlation_id, headers, name, attributes }: Beginning): RequestTrace | undefined {
  if (recording === undefined) return undefined;
  const { tracer, sampling } = recording;
  const given = headers.traceparent !== '';
  const isRecorded = given && sampling.follows_caller ? isSampledIn(headers) : Math.random() < sampling.ratio;
  const span = isRecorded ? tracer.start(name, 'server', headers, { correlation_id, ...attributes() }) : undefined;
  const release = hold(correlation_id, span?.headers ?? (given ? headers : newUnsampled()));
  if (span === undefined) return { span, run: (work) => work(), end: release };
  recorded += 1;
  let over = false;
  return {
    span,
    run: (work) => scopes.run({ span, links: [] }, work),
    end(ending) {
      if (over) return;
      over = true;
      release();
      span.end(ending);
      recorded -= 1;
      if (recorded === 0) scopes.disable();
    },
  };
}

function hold(correlation_id: string, headers: TraceHeaders): () => void {
  const known = held.get(correlation_id) ?? { headers, holders: 0 };
  held.set(correlation_id, known);
  known.holders += 1;
  let over = false;
  return () => {
    if (over) return;
    over = true;
    known.holders -= 1;
    if (known.holders === 0) held.delete(correlation_id);
  };
}

/** Undefined while nothing that is recorded runs here. */
export function activeScope(): Scope | undefined {
  return recorded === 0 ? undefined : scopes.getStore();
}

/** Begins a span inside the active one. Undefined when that is not recorded. */
export function startSpan(
  name: string,
  kind: SpanKind,
  attributes: () => Attributes,
  scope = activeScope(),
): Span | undefined {
  return scope?.span.child(name, kind, attributes(), scope.links);
}

/** Joins what several requests wait for: the first recorded one is the parent, the others are linked. */
export function joined(waiting: readonly (Scope | undefined)[]): Scope | undefined {
  if (recorded === 0) return undefined;
  const spans = new Set(waiting.flatMap((scope) => (scope === undefined ? [] : [scope.span])));
  const [span, ...links] = spans;
  return span === undefined ? undefined : { span, links };
}

/** Does work that several requests wait for. */
export function inScope<T>(scope: Scope | undefined, work: () => T): T {
  if (recorded === 0) return work();
  return scopes.run(scope, work);
}

/** What a call for the request sends on, when it has no span of its own. */
export function headersOf(correlation_id: string): TraceHeaders {
  return held.get(correlation_id)?.headers ?? untraced;
}

/** The trace that a log line belongs to. */
export function traceIdOf(correlation_id: string | undefined): string | undefined {
  const known = correlation_id === undefined ? undefined : held.get(correlation_id);
  const headers = known?.headers ?? activeScope()?.span.headers;
  return headers === undefined ? undefined : traceIdIn(headers);
}

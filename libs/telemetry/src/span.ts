import type { TraceHeaders } from './trace-headers.js';

export type Attributes = Readonly<Record<string, string | number>>;
export type SpanKind = 'server' | 'client' | 'internal';

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

/** What is being worked on: new spans are children of the span, and linked to the others. */
export interface Scope {
  readonly span: Span;
  readonly links: readonly Span[];
}

import type { Scope } from './span.js';
import { type TraceHeaders, traceIdIn, untraced } from './trace-headers.js';

interface Held {
  readonly headers: TraceHeaders;
  readonly scope: Scope | undefined;
  holders: number;
}

/** The traces of the requests that this process works on, by correlation id; the first one of a request counts. */
const held = new Map<string, Held>();

/** Keeps the trace of a request while this process works on it. @returns what ends that */
export function hold(correlation_id: string, headers: TraceHeaders, scope: Scope | undefined): () => void {
  if (correlation_id === '') return () => undefined;
  const known = held.get(correlation_id) ?? { headers, scope, holders: 0 };
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

/** What calls for the request are part of. Undefined when that is not recorded. */
export function scopeOf(correlation_id: string): Scope | undefined {
  return held.get(correlation_id)?.scope;
}

/** What a call for the request sends on, when it has no span of its own. */
export function headersOf(correlation_id: string): TraceHeaders {
  return held.get(correlation_id)?.headers ?? untraced;
}

/** The trace that a log line belongs to. */
export function traceIdOf(correlation_id: string | undefined): string | undefined {
  const known = correlation_id === undefined ? undefined : held.get(correlation_id);
  return known === undefined ? undefined : traceIdIn(known.headers);
}

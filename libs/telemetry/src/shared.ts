import { scopeOf } from './held.js';
import type { Scope, Span } from './span.js';

/** Joins what several requests wait for: the first recorded one is the parent, the others are linked. */
export function joined(waiting: readonly (Scope | undefined)[]): Scope | undefined {
  const recorded = waiting.filter((scope) => scope !== undefined);
  if (recorded.length === 0) return undefined;
  const [span, ...links] = new Set(recorded.map((scope) => scope.span));
  return { span: span as Span, links };
}

/** What several requests wait for, in the traces of those that are recorded. */
export interface SharedTrace {
  /** Of the first recorded request: its trace has the calls; the others have a span that is linked to it. */
  readonly correlation_id: string;
  end(): void;
}

/** Undefined when none of the requests is recorded. */
export function shareTrace(name: string, correlation_ids: readonly string[]): SharedTrace | undefined {
  const [first, ...others] = new Set(correlation_ids.filter((id) => scopeOf(id) !== undefined));
  if (first === undefined) return undefined;
  const links = [(scopeOf(first) as Scope).span];
  const spans = others.map((id) => (scopeOf(id) as Scope).span.child(name, 'internal', {}, links));
  return { correlation_id: first, end: () => spans.forEach((span) => span.end()) };
}

/** A trace as W3C's headers carry it from process to process; empty texts when there is none. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate: string;
}

export const untraced: TraceHeaders = { traceparent: '', tracestate: '' };

/** Longer texts are dropped, as the recommendation allows. */
const longestState = 512;
const form = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/;

/** What a caller sent, if it is well formed; anybody may send anything. */
export function readTraceHeaders(traceparent: unknown, tracestate: unknown): TraceHeaders {
  if (typeof traceparent !== 'string' || !form.test(traceparent)) return untraced;
  const isState =
    typeof tracestate === 'string' && tracestate.length <= longestState && /^[\x20-\x7e]*$/.test(tracestate);
  return { traceparent: `00${traceparent.slice(2, 55)}`, tracestate: isState ? tracestate : '' };
}

export const traceIdIn = ({ traceparent }: TraceHeaders): string => traceparent.slice(3, 35);
export const spanIdIn = ({ traceparent }: TraceHeaders): string => traceparent.slice(36, 52);
export const isSampledIn = ({ traceparent }: TraceHeaders): boolean => (parseInt(traceparent.slice(53), 16) & 1) === 1;

/** The same trace, not recorded. */
export const unsampled = ({ traceparent, tracestate }: TraceHeaders): TraceHeaders => ({
  traceparent: `${traceparent.slice(0, 53)}00`,
  tracestate,
});

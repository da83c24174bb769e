import { status } from '@grpc/grpc-js';
import { ObpFailure } from '@platform/failure';
import {
  type Beginning,
  continueTrace,
  headersOf,
  metrics,
  type Scope,
  scopeOf,
  startSpan,
  type TraceHeaders,
  untraced,
} from '@platform/telemetry';
import type { Incoming } from './incoming.js';
import { codeOf } from './status.js';

/** A call that is being answered, as metrics and traces see it. */
export interface ServedCall {
  /** What its statements are part of; undefined when that is not recorded. */
  readonly scope: Scope | undefined;
  /** Only the first end counts. */
  end(code: status): void;
}

/** A call that was made, as metrics and traces see it. */
export interface MadeCall {
  /** Sent with the call. */
  readonly headers: TraceHeaders;
  /** Only the first end counts. */
  end(code: status): void;
}

const unobservedService: ServedCall = { scope: undefined, end: () => undefined };
const unobservedCall: MadeCall = { headers: untraced, end: () => undefined };

/** The codes that are the service's fault; the others tell the caller something about the call. */
const ownFaults: ReadonlySet<status> = new Set([
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
  status.UNIMPLEMENTED,
  status.INTERNAL,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);

const attributesOf = (path: string) => ({ 'rpc.system.name': 'grpc', 'rpc.method': path.slice(1) });

/** @param given traceparent and tracestate, as the caller sent them */
export function observeServed(
  { path, correlation_id }: Pick<Incoming, 'path' | 'correlation_id'>,
  given: Beginning['given'],
): ServedCall {
  const trace = continueTrace({
    correlation_id,
    given,
    name: path.slice(1),
    attributes: () => attributesOf(path),
  });
  if (trace === undefined && !metrics.rpcServed.isOn) return unobservedService;
  const since = performance.now();
  return {
    scope: trace?.scope,
    end: once((code) => {
      metrics.rpcServed.record(1, path.slice(1), status[code]);
      metrics.rpcServedDuration.record((performance.now() - since) / 1_000, path.slice(1));
      trace?.end(endingOf(code, ownFaults.has(code)));
    }),
  };
}

export function observeCall(path: string, correlation_id: string): MadeCall {
  const span = startSpan(scopeOf(correlation_id), path.slice(1), 'client', () => ({
    correlation_id,
    ...attributesOf(path),
  }));
  const headers = span?.headers ?? headersOf(correlation_id);
  if (headers === untraced && !metrics.rpcCalls.isOn) return unobservedCall;
  const since = performance.now();
  return {
    headers,
    end: once((code) => {
      metrics.rpcCalls.record(1, path.slice(1), status[code]);
      metrics.rpcCallDuration.record((performance.now() - since) / 1_000, path.slice(1));
      span?.end(endingOf(code, code !== status.OK));
    }),
  };
}

/** The code with which a call failed, by the error that its caller gets. */
export function codeOfError(error: Error): status {
  if (error instanceof ObpFailure) return codeOf(error.failure);
  const { code } = error as { code?: unknown };
  return typeof code === 'number' ? code : status.INTERNAL;
}

function endingOf(code: status, isError: boolean) {
  const name = status[code];
  return { attributes: { 'rpc.response.status_code': name }, ...(isError ? { error: name } : {}) };
}

function once(end: (code: status) => void): (code: status) => void {
  let over = false;
  return (code) => {
    if (over) return;
    over = true;
    end(code);
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { beginTrace, metrics, type RequestTrace } from '@platform/telemetry';

/** Requests that no route takes count as one, whatever their paths are. */
const unknown = 'unknown';
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Statuses that say how the platform is, although they are in the class of the client's own errors. */
const ownClasses = new Set([408, 429]);

/** What a request asks for: an operation's id, and its route with names instead of ids. */
export interface Asked {
  readonly operation: string;
  readonly route: string;
}

/** A request as metrics and traces see it. It ends with its response. */
export interface Observation {
  asks(asked: Asked): void;
  /** @param code the failure's, such as "OBP-30046" @param status its HTTP status, where the response has none of its own */
  fails(code: string, status: number): void;
}

/** Undefined when nothing is measured or traced. */
export function observe(
  request: IncomingMessage,
  response: ServerResponse,
  correlation_id: string,
): Observation | undefined {
  const { headers, method = '', httpVersion } = request;
  const verb = knownMethods.has(method) ? method : '_OTHER';
  const trace = beginTrace({
    correlation_id,
    given: { traceparent: headers['traceparent'], tracestate: headers['tracestate'] },
    name: verb,
    attributes: () => ({ 'http.request.method': verb, 'network.protocol.version': httpVersion }),
  });
  return trace === undefined && !metrics.httpRequests.isOn ? undefined : new OpenObservation(response, verb, trace);
}

class OpenObservation implements Observation {
  private readonly since = performance.now();
  private asked: Asked = { operation: unknown, route: '' };
  private failure: { readonly code: string; readonly status: number } | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly verb: string,
    private readonly trace: RequestTrace | undefined,
  ) {
    response.once('close', () => this.end());
  }

  asks(asked: Asked): void {
    this.asked = asked;
  }

  fails(code: string, status: number): void {
    this.failure = { code, status };
  }

  private end(): void {
    const { operation, route } = this.asked;
    const status = this.failure?.status ?? this.response.statusCode;
    metrics.httpRequests.record(1, operation, this.response.writableEnded ? classOf(status) : 'aborted');
    metrics.httpDuration.record((performance.now() - this.since) / 1_000, operation);
    if (this.trace === undefined) return;
    if (route !== '') this.trace.scope?.span.rename(`${this.verb} ${route}`);
    this.trace.end({
      attributes: {
        'http.response.status_code': status,
        'obp.operation_id': operation,
        ...(route === '' ? {} : { 'http.route': route }),
        ...(this.failure === undefined ? {} : { 'obp.failure': this.failure.code }),
      },
      error: status >= 500 || status === 408 ? (this.failure?.code ?? String(status)) : undefined,
    });
  }
}

function classOf(status: number): string {
  return ownClasses.has(status) ? String(status) : `${Math.floor(status / 100)}xx`;
}

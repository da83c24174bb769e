import type { IncomingMessage } from 'node:http';

/** A request to an endpoint of the gateway itself. */
export interface EdgeCall {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  /** Empty unless the body is a form. */
  readonly form: URLSearchParams;
  readonly correlation_id: string;
}

/** What an endpoint of the gateway itself answers: a JSON value, or something with its own headers, sent as it is. */
export type EdgeAnswer =
  | { readonly status: number; readonly value: object }
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string | Buffer };

/** An endpoint that is no rpc: login, pages, liveness. */
export interface EdgeRoute {
  readonly verb: 'GET' | 'POST';
  /** "/livez"; with `versioned` also under every version prefix. */
  readonly path: string;
  readonly versioned: boolean;
  answer(call: EdgeCall): Promise<EdgeAnswer>;
}

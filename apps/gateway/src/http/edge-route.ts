import type { IncomingMessage } from 'node:http';
import type { Urgency } from '../guards/load-shedding.js';

/** A request to an endpoint of the gateway itself. */
export interface EdgeCall {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  /** Empty if the body is no form. */
  readonly form: URLSearchParams;
  readonly correlation_id: string;
  /** The client's address. */
  readonly address: string;
  /** Called before expensive work. @throws Error when the client has gone */
  readonly stopIfGone: () => void;
  /** Receives headers of the response, for success and failure. */
  readonly setHeaders: (headers: Readonly<Record<string, string>>) => void;
}

type OwnHeaders = Readonly<Record<string, string>>;

/**
 * The response of an endpoint of the gateway itself: a JSON value, a text with its own headers, or a file that is the
 * same for all clients.
 */
export type EdgeAnswer =
  | { readonly status: number; readonly value: object }
  | { readonly status: number; readonly headers: OwnHeaders; readonly text: string }
  | { readonly headers: OwnHeaders; readonly file: Buffer };

/** An endpoint that is not an rpc: login, pages, liveness. */
export interface EdgeRoute {
  readonly verb: 'GET' | 'POST';
  /** For example "/livez"; with `versioned` also under every version prefix. */
  readonly path: string;
  readonly versioned: boolean;
  /** Absent: the same as for any call. */
  readonly urgency?: Urgency;
  answer(call: EdgeCall): Promise<EdgeAnswer>;
}

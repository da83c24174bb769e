import type { IncomingMessage } from 'node:http';
import type { Urgency } from '../guards/load-shedding.js';

/** A request to an endpoint of the gateway itself. */
export interface EdgeCall {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  /** Empty unless the body is a form. */
  readonly form: URLSearchParams;
  readonly correlation_id: string;
  /** Where the request comes from. */
  readonly address: string;
  /** Called before work that costs much. @throws Error when nobody waits for the answer any more */
  readonly stopIfGone: () => void;
  /** Receives headers of the answer, whatever it will be. */
  readonly setHeaders: (headers: Readonly<Record<string, string>>) => void;
}

type OwnHeaders = Readonly<Record<string, string>>;

/** What an endpoint of the gateway itself answers: a JSON value, a text with its own headers, or a file that is the same for everybody. */
export type EdgeAnswer =
  | { readonly status: number; readonly value: object }
  | { readonly status: number; readonly headers: OwnHeaders; readonly text: string }
  | { readonly headers: OwnHeaders; readonly file: Buffer };

/** An endpoint that is no rpc: login, pages, liveness. */
export interface EdgeRoute {
  readonly verb: 'GET' | 'POST';
  /** "/livez"; with `versioned` also under every version prefix. */
  readonly path: string;
  readonly versioned: boolean;
  /** Absent: that of any call. */
  readonly urgency?: Urgency;
  answer(call: EdgeCall): Promise<EdgeAnswer>;
}

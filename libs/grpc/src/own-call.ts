import { status } from '@grpc/grpc-js';
import { ObpFailure } from '@platform/failure';
import { rpcTable } from '@platform/messages';
import type { TraceHeaders } from '@platform/telemetry';
import type { Carrier, PendingCall } from './exchange/pending-call.js';
import type { Rpc } from './rpc.js';
import { codeOfError, observeCall, type MadeCall } from './observed.js';
import { fromWire } from './status.js';

/** The context of a call. */
export interface CallContext {
  /** Signs the caller assertion for an rpc, by its path. */
  readonly assertion: (rpc: string) => Buffer;
  readonly correlation_id: string;
  /**
   * Milliseconds; default 5,000 for unary calls, 10 minutes for streams. When a request's deadline comes earlier, it
   * ends its calls.
   */
  readonly timeout_ms?: number;
  readonly signal?: AbortSignal;
}

/** A call and the carrier that it is on. */
export interface OwnCall extends PendingCall {
  carrier: Carrier | undefined;
  attempts: number;
}

/** A call with one response. */
export class UnaryCall<Request, Response> implements OwnCall {
  carrier: Carrier | undefined = undefined;
  attempts = 0;
  readonly isStream = false;
  readonly path: string;
  readonly isRead: boolean;
  readonly assertion: Buffer;
  readonly correlation_id: string;
  private readonly made: MadeCall;
  private abort: (() => void) | undefined;

  constructor(
    private readonly rpc: Rpc<Request, Response>,
    readonly request: Buffer,
    private readonly context: CallContext,
    readonly until: number,
    private readonly resolve: (response: Response) => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.path = rpc.path;
    this.isRead = isRead(rpc.path);
    this.assertion = context.assertion(rpc.path);
    this.correlation_id = context.correlation_id;
    this.made = observeCall(rpc.path, context.correlation_id);
  }

  get trace(): TraceHeaders {
    return this.made.headers;
  }

  /** @param cancel called when the caller gives up */
  heed(signal: AbortSignal, cancel: () => void): void {
    this.abort = cancel;
    signal.addEventListener('abort', cancel, { once: true });
  }

  deadline(): number {
    return this.until;
  }

  begun(): boolean {
    return false;
  }

  receive(message: Buffer): void {
    this.settle(status.OK);
    try {
      this.resolve(this.rpc.deserialize(message));
    } catch (error) {
      this.reject(error as Error);
    }
  }

  end(): void {
    // The response was the end.
  }

  fail(error: Error): void {
    this.settle(codeOfError(error));
    this.reject(traced(error, this.path, this.context));
  }

  private settle(code: status): void {
    this.made.end(code);
    if (this.abort !== undefined) this.context.signal?.removeEventListener('abort', this.abort);
  }
}

/** Whether it may run twice. */
export function isRead(path: string): boolean {
  return rpcTable[path]?.idempotent ?? false;
}

export function cancelled(): Error {
  return fromWire(status.CANCELLED, 'the caller gave up');
}

/**
 * Adds the call to the message of an error that is not a failure. Several requests may wait for one call, so the log of
 * each must lead to the service's log line.
 */
export function traced(error: Error, path: string, { correlation_id }: CallContext): Error {
  if (!(error instanceof ObpFailure)) error.message += ` (${path}, correlation_id ${correlation_id})`;
  return error;
}

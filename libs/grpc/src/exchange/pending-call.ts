import { ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';

/** A call that has no answer yet, wherever it is. Times are of `performance.now()`. */
export interface PendingCall {
  readonly path: string;
  readonly request: Buffer;
  readonly assertion: Buffer;
  readonly correlation_id: string;
  readonly isStream: boolean;
  /** Whether it may run twice. */
  readonly isRead: boolean;
  /** When it must have ended. */
  readonly until: number;
  /** Nobody waits for it from then on: a stream's messages must come one soon after the other. */
  deadline(): number;
  /** Whether a message of it has been seen: what comes after must come from the same replica. */
  begun(): boolean;
  receive(message: Buffer): void;
  end(): void;
  fail(error: Error): void;
}

/** What carries calls to one replica. */
export interface Carrier {
  /** Calls under way. */
  readonly calls: number;
  begin(call: PendingCall): void;
  /** Nobody waits for it any more. */
  cancel(call: PendingCall): void;
  /** A message of so many bytes of a stream has been read. */
  consumed(call: PendingCall, bytes: number): void;
  /** To be called again and again while there are calls. */
  look(now: number): void;
  close(): void;
}

export interface CarrierListener {
  /** The replica did not begin the call. */
  refused(call: PendingCall): void;
  /** The call's connection broke, and whether it had begun is not known. */
  lost(call: PendingCall): void;
  /** A call is no longer under way. */
  freed(): void;
}

export const late = (): Error => new ObpFailure(Failure.FAILURE_REQUEST_TIMEOUT);

import { ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { TraceHeaders } from '@platform/telemetry';

/** A call without a response yet, waiting or sent. Times are as `performance.now()`. */
export interface PendingCall {
  readonly path: string;
  readonly request: Buffer;
  readonly assertion: Buffer;
  readonly correlation_id: string;
  readonly trace: TraceHeaders;
  readonly isStream: boolean;
  /** Whether it is safe to run it twice. */
  readonly isRead: boolean;
  /** When it must have ended. */
  readonly until: number;
  /** The time after which the call fails: for a stream also when the next message takes too long. */
  deadline(): number;
  /** Whether a message has arrived: then the remaining ones must come from the same replica. */
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
  /** The caller no longer waits for the call. */
  cancel(call: PendingCall): void;
  /** The reader of a stream has read a message of so many bytes. */
  consumed(call: PendingCall, bytes: number): void;
  /** Must be called at short intervals while there are calls. */
  look(now: number): void;
  close(): void;
}

export interface CarrierListener {
  /** The replica did not begin the call. */
  refused(call: PendingCall): void;
  /** The connection broke, and it is not known whether the call had begun. */
  lost(call: PendingCall): void;
  /** A call is no longer under way. */
  freed(): void;
}

export const late = (): Error => new ObpFailure(Failure.FAILURE_REQUEST_TIMEOUT);

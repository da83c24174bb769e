import {
  type Client,
  type ClientReadableStream,
  type ClientUnaryCall,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { fromServiceError } from '../status.js';
import { limits } from './frame.js';
import { type Carrier, type CarrierListener, late, type PendingCall } from './pending-call.js';

interface Entry {
  readonly carried: ClientUnaryCall | ClientReadableStream<Buffer>;
  /** Bytes of messages that have not been read. */
  unread: number;
}

const asIs = (bytes: Buffer): Buffer => bytes;

/**
 * Carries each call as a separate gRPC call, to a replica that does not support exchanges.
 * @param client returns the current client: it is replaced when a replica goes silent
 */
export function createPlainCarrier(client: () => Client, callerKey: string, listener: CarrierListener): Carrier {
  const entries = new Map<PendingCall, Entry>();

  const settle = (call: PendingCall): boolean => {
    const had = entries.delete(call);
    if (had) listener.freed();
    return had;
  };
  const failed = (call: PendingCall, error: ServiceError): void => {
    if (!settle(call)) return;
    if (error.code === status.UNAVAILABLE) listener.lost(call);
    else call.fail(fromServiceError(error));
  };
  const metadataOf = ({ assertion, correlation_id, trace }: PendingCall): Metadata => {
    // Waits for the replica that replaces a stopping one; the deadline limits the wait.
    const metadata = new Metadata({ waitForReady: true });
    metadata.set(callerKey, assertion);
    metadata.set('correlation-id', correlation_id);
    if (trace.traceparent !== '') metadata.set('traceparent', trace.traceparent);
    if (trace.tracestate !== '') metadata.set('tracestate', trace.tracestate);
    return metadata;
  };
  const optionsOf = (call: PendingCall) => ({ deadline: Date.now() + Math.max(1, call.until - performance.now()) });

  const beginOnce = (call: PendingCall): void => {
    const carried = client().makeUnaryRequest(
      call.path,
      asIs,
      asIs,
      call.request,
      metadataOf(call),
      optionsOf(call),
      (error, answer) => {
        if (error !== null) failed(call, error);
        else if (settle(call)) call.receive(answer as Buffer);
      },
    );
    entries.set(call, { carried, unread: 0 });
  };
  const beginStream = (call: PendingCall): void => {
    const carried = client().makeServerStreamRequest(
      call.path,
      asIs,
      asIs,
      call.request,
      metadataOf(call),
      optionsOf(call),
    );
    const entry: Entry = { carried, unread: 0 };
    entries.set(call, entry);
    carried.on('data', (message: Buffer) => {
      entry.unread += message.length;
      if (entry.unread > limits.window) carried.pause();
      call.receive(message);
    });
    carried.once('end', () => settle(call) && call.end());
    carried.once('error', (error: ServiceError) => failed(call, error));
  };

  const cancel = (call: PendingCall): void => {
    const entry = entries.get(call);
    settle(call);
    entry?.carried.cancel();
  };

  return {
    get calls() {
      return entries.size;
    },
    begin: (call) => (call.isStream ? beginStream(call) : beginOnce(call)),
    cancel,
    consumed(call, bytes) {
      const entry = entries.get(call);
      if (entry === undefined) return;
      entry.unread -= bytes;
      if (entry.unread <= limits.window && 'resume' in entry.carried) entry.carried.resume();
    },
    look(now) {
      for (const call of [...entries.keys()]) {
        if (call.deadline() > now) continue;
        cancel(call);
        call.fail(late());
      }
    },
    close: () => [...entries.values()].forEach(({ carried }) => carried.cancel()),
  };
}

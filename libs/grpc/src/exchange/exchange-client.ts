import { status } from '@grpc/grpc-js';
import { fromWire } from '../status.js';
import { type CallFrame, createAssembly, frame, FrameKind, limits } from './frame.js';
import type { Ending, FrameStream, Listener } from './frame-stream.js';
import { type Carrier, type CarrierListener, late, type PendingCall } from './pending-call.js';
import { createSender, type Owner } from './sender.js';

export interface ExchangeListener extends CarrierListener {
  /** The server accepts calls. */
  ready(): void;
  /** The server accepts no more calls. */
  draining(): void;
  /** The server sends nothing, not even an answer to a ping. */
  silent(): void;
  closed(ending: Ending): void;
}

/** A call under way. */
class Entry implements Owner {
  /** Whether its request has been given to the stream. */
  isSent = false;
  isOver = false;
  /** Bytes of messages that were read since the last credit. */
  read = 0;

  constructor(
    readonly number: number,
    readonly call: PendingCall,
  ) {}

  sent(): void {
    this.isSent = !this.isOver;
  }
}

/** An exchange as its client has it. */
export interface Exchange extends Carrier {
  /** Removes and returns the reads that can be sent to another replica. */
  releaseReads(): PendingCall[];
}

/**
 * The number of checks without a frame from the server after which it is pinged, and after which it counts as silent.
 * Checks are counted instead of time, so that a pause of this process counts as one.
 */
const silence = { asked: 10, given_up: 50 } as const;

/** @param open opens the stream for its listener */
export function createExchange(open: (listener: Listener) => FrameStream, listener: ExchangeListener): Exchange {
  const entries = new Map<number, Entry>();
  const numbers = new Map<PendingCall, number>();
  const callers = new Map<Buffer, number>();
  const assembly = createAssembly();
  let lastCall = 0;
  let lastCaller = 0;
  let quiet = 0;

  const settle = (entry: Entry): void => {
    entry.isOver = true;
    entries.delete(entry.number);
    numbers.delete(entry.call);
    assembly.forget(entry.number);
    listener.freed();
  };

  const hear = (given: CallFrame): void => {
    if (given.kind === FrameKind.FRAME_KIND_HELLO) return listener.ready();
    if (given.kind === FrameKind.FRAME_KIND_DRAIN) return listener.draining();
    const entry = entries.get(given.call);
    if (entry === undefined) return;
    const { call } = entry;
    switch (given.kind) {
      case FrameKind.FRAME_KIND_MESSAGE: {
        const message = assembly.add(given);
        if (message === undefined) return;
        if (message === 'too long') {
          drop(entry);
          return call.fail(fromWire(status.RESOURCE_EXHAUSTED, 'the answer is longer than 4 MiB'));
        }
        if (!call.isStream) settle(entry);
        return call.receive(message);
      }
      case FrameKind.FRAME_KIND_END:
        settle(entry);
        return call.end();
      case FrameKind.FRAME_KIND_FAILURE:
        settle(entry);
        return call.fail(fromWire(given.code, given.text, given.payload));
      case FrameKind.FRAME_KIND_REFUSED:
        settle(entry);
        return listener.refused(call);
      default:
    }
  };

  const stream = open({
    received(frames) {
      quiet = 0;
      for (const one of frames) hear(one);
    },
    closed(ending) {
      const left = [...entries.values()];
      entries.clear();
      numbers.clear();
      listener.closed(ending);
      // A server that ends the stream cleanly has answered every call that it began.
      for (const { call, isSent } of left) {
        if (ending.clean || !isSent) listener.refused(call);
        else listener.lost(call);
      }
    },
  });
  const sender = createSender(stream, () => entries.size <= 1);

  const callerOf = ({ assertion, path }: PendingCall): number => {
    const known = callers.get(assertion);
    if (known !== undefined) return known;
    lastCaller = (lastCaller % limits.callers) + 1;
    if (callers.size >= limits.callers) callers.delete(callers.keys().next().value as Buffer);
    callers.set(assertion, lastCaller);
    const introduction = frame(FrameKind.FRAME_KIND_CALLER, 0, assertion);
    introduction.caller = lastCaller;
    introduction.rpc = path;
    sender.send(introduction);
    return lastCaller;
  };

  const drop = (entry: Entry): void => {
    // Sent even before the whole request was: otherwise the server would keep the first part and wait for the rest.
    sender.send(frame(FrameKind.FRAME_KIND_CANCEL, entry.number));
    settle(entry);
  };

  return {
    get calls() {
      return entries.size;
    },
    begin(call) {
      const number = (lastCall = (lastCall % 0xffff_fffe) + 1);
      const entry = new Entry(number, call);
      entries.set(number, entry);
      numbers.set(call, number);
      const request = frame(FrameKind.FRAME_KIND_REQUEST, number, call.request);
      request.caller = callerOf(call);
      request.correlation_id = call.correlation_id;
      request.traceparent = call.trace.traceparent;
      request.tracestate = call.trace.tracestate;
      request.timeout_ms = Math.max(1, Math.ceil(call.until - performance.now()));
      if (call.isStream) request.credit = limits.window;
      sender.send(request, entry);
    },
    cancel(call) {
      const entry = entries.get(numbers.get(call) ?? 0);
      if (entry !== undefined) drop(entry);
    },
    consumed(call, bytes) {
      const entry = entries.get(numbers.get(call) ?? 0);
      if (entry === undefined) return;
      entry.read += bytes;
      if (entry.read < limits.window / 2) return;
      const credit = frame(FrameKind.FRAME_KIND_CREDIT, entry.number);
      credit.credit = entry.read;
      sender.send(credit);
      entry.read = 0;
    },
    look(now) {
      for (const entry of entries.values()) {
        if (entry.call.deadline() > now) continue;
        drop(entry);
        entry.call.fail(late());
      }
      if (entries.size === 0) {
        quiet = 0;
        return;
      }
      quiet += 1;
      if (quiet === silence.asked) sender.send(frame(FrameKind.FRAME_KIND_PING));
      if (quiet === silence.given_up) listener.silent();
    },
    releaseReads() {
      const reads = [...entries.values()].filter(({ call }) => call.isRead && !call.begun());
      reads.forEach(drop);
      return reads.map(({ call }) => call);
    },
    close: () => stream.destroy(),
  };
}

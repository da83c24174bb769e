import { status } from '@grpc/grpc-js';
import { ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import type { Scope } from '@platform/telemetry';
import { type Incoming, openCall, type Reception, report } from '../incoming.js';
import { observeServed, type ServedCall } from '../observed.js';
import type { Call } from '../rpc.js';
import { toWire, type WireError } from '../status.js';
import { holdDeadline } from '../time-left.js';
import { type CallFrame, createAssembly, frame, FrameKind, limits } from './frame.js';
import type { FrameStream, Listener } from './frame-stream.js';
import { createSender, type Owner } from './sender.js';

/** A method as an exchange serves it. */
export interface ServedMethod {
  readonly isStream: boolean;
  readonly deserialize: (bytes: Buffer) => object;
  readonly serialize: (message: unknown) => Buffer;
  /** The handler of a call, by what its statements are part of. Absent: not implemented. */
  readonly handlerIn: ((scope: Scope | undefined) => ServedHandler) | undefined;
}

export type ServedHandler = (request: object, call: Call) => unknown;

export interface ExchangeServerOptions extends Reception {
  readonly methods: ReadonlyMap<string, ServedMethod>;
  readonly isFrom: (service: string) => boolean;
}

/** The server's side of an exchange. */
export interface ServedExchange {
  /** Accepts no more calls, and ends the stream when the running ones are answered. */
  drain(): void;
}

/** A caller's assertion, and the rpc that it is for. */
interface Caller {
  readonly path: string;
  readonly assertion: Buffer;
}

/** A request that has begun to arrive. */
interface Arriving {
  readonly first: CallFrame;
  /** Undefined when no caller was introduced under its number. */
  readonly caller: Caller | undefined;
}

/** A call under way. */
class Entry implements Incoming, Owner {
  isOver = false;
  /** Releases the deadline that is held for its correlation id. */
  answered: () => void = () => undefined;
  private departed: (() => void) | undefined;
  private credited: (() => void) | undefined;
  private endings: (() => void)[] | undefined;

  constructor(
    readonly number: number,
    readonly path: string,
    readonly assertion: Uint8Array,
    readonly correlation_id: string,
    readonly isFrom: (service: string) => boolean,
    /** As `performance.now()`. */
    readonly deadline: number,
    /** Bytes of messages that may still be sent without new credit. */
    private credit: number,
    readonly served: ServedCall,
  ) {}

  whenOver(then: () => void): void {
    (this.endings ??= []).push(then);
  }

  end(): void {
    this.isOver = true;
    this.endings?.forEach((then) => then());
    this.departed?.();
    this.credited?.();
  }

  take(bytes: number): void {
    this.credit -= bytes;
  }

  give(bytes: number): void {
    this.credit += bytes;
    this.credited?.();
  }

  sent(): void {
    this.departed?.();
  }

  /** Resolves when the last message has been written completely and the next may follow, or when the call is over. */
  async room(): Promise<void> {
    await new Promise<void>((resolve) => (this.departed = resolve));
    while (this.credit <= 0 && !this.isOver) await new Promise<void>((resolve) => (this.credited = resolve));
  }
}

/** How often running calls are checked for a passed deadline. */
const look_ms = 100;
/** When more bytes of responses than this wait to be sent, no new calls are begun. */
const maxWaiting = 64 * 1024 * 1024;
/** The most bytes of requests that have arrived only in part. */
const maxArriving = 64 * 1024 * 1024;

/** @param open opens the stream for its listener */
export function serveExchange(
  open: (listener: Listener) => FrameStream,
  options: ExchangeServerOptions,
): ServedExchange {
  const callers = new Map<number, Caller>();
  /**
   * Calls whose request has begun to arrive. The caller is looked up at the first part, because its number may be given
   * to another caller later.
   */
  const arriving = new Map<number, Arriving>();
  const running = new Map<number, Entry>();
  const assembly = createAssembly();
  let draining = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const finish = (entry: Entry, code: status): void => {
    running.delete(entry.number);
    entry.answered();
    entry.served.end(code);
    endIfDrained();
  };
  const endIfDrained = (): void => {
    if (draining && running.size === 0 && arriving.size === 0) sender.end();
  };
  const abandon = (entry: Entry, code = status.CANCELLED): void => {
    finish(entry, code);
    entry.end();
  };
  const look = (): void => {
    const now = performance.now();
    for (const entry of running.values()) if (entry.deadline <= now) abandon(entry, status.DEADLINE_EXCEEDED);
    if (running.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  const answerError = (call: number, { code, text, details }: WireError): void => {
    const failure = frame(FrameKind.FRAME_KIND_FAILURE, call, details);
    failure.code = code;
    failure.text = text;
    sender.send(failure);
  };
  const failed = (entry: Entry, error: unknown): void => {
    // The caller has gone; and a source that was cancelled may report that by an error.
    if (entry.isOver) return;
    if (!(error instanceof TooLong)) report(error, entry, options.log);
    const answer = error instanceof TooLong ? tooLong('answer') : toWire(error);
    answerError(entry.number, answer);
    finish(entry, answer.code);
  };

  const send = (entry: Entry, message: unknown, { serialize }: ServedMethod): void => {
    const payload = serialize(message);
    if (payload.length > limits.message) throw new TooLong();
    entry.take(payload.length);
    sender.send(frame(FrameKind.FRAME_KIND_MESSAGE, entry.number, payload), entry);
  };
  const answerOnce = async (entry: Entry, result: unknown, method: ServedMethod): Promise<void> => {
    const message = await result;
    if (entry.isOver) return;
    send(entry, message, method);
    finish(entry, status.OK);
  };
  const answerStream = async (entry: Entry, messages: AsyncIterable<unknown>, method: ServedMethod): Promise<void> => {
    for await (const message of messages) {
      if (entry.isOver) return;
      send(entry, message, method);
      await entry.room();
    }
    if (entry.isOver) return;
    sender.send(frame(FrameKind.FRAME_KIND_END, entry.number));
    finish(entry, status.OK);
  };

  const begin = ({ first, caller }: Arriving, bytes: Buffer): void => {
    const method = options.methods.get(caller?.path ?? '');
    if (caller === undefined || method?.handlerIn === undefined)
      return answerError(first.call, toWire(new ObpFailure(Failure.FAILURE_NOT_IMPLEMENTED)));
    const served = observeServed({ path: caller.path, correlation_id: first.correlation_id }, first);
    if (running.size >= limits.calls || sender.waiting > maxWaiting) {
      served.end(status.RESOURCE_EXHAUSTED);
      return answerError(first.call, toWire(new ObpFailure(Failure.FAILURE_TOO_BUSY)));
    }
    const entry = new Entry(
      first.call,
      caller.path,
      caller.assertion,
      first.correlation_id,
      options.isFrom,
      performance.now() + first.timeout_ms,
      first.credit,
      served,
    );
    running.set(entry.number, entry);
    if (!method.isStream) entry.answered = holdDeadline(entry.correlation_id, entry.deadline);
    timer ??= setInterval(look, look_ms);
    try {
      const request = method.deserialize(bytes);
      const handler = method.handlerIn(served.scope);
      const result = handler(request, openCall(entry, request, options));
      const answering = method.isStream
        ? answerStream(entry, result as AsyncIterable<unknown>, method)
        : answerOnce(entry, result, method);
      answering.catch((error: unknown) => failed(entry, error));
    } catch (error) {
      failed(entry, error);
    }
  };

  const hearRequest = (given: CallFrame): void => {
    // The caller is not verified yet, so no more is kept for it than a peer would ever send.
    if (assembly.size > maxArriving || arriving.size > limits.calls || running.has(given.call)) return stream.destroy();
    const request = arriving.get(given.call) ?? { first: given, caller: callers.get(given.caller) };
    const message = assembly.add(given);
    if (message === undefined) return void arriving.set(given.call, request);
    arriving.delete(given.call);
    if (message === 'too long') answerError(given.call, tooLong('request'));
    else if (!draining) return begin(request, message);
    else sender.send(frame(FrameKind.FRAME_KIND_REFUSED, given.call));
    endIfDrained();
  };

  const hear = (given: CallFrame): void => {
    // Every frame may cause an answer, even a refused call; answers are not kept without limit for a client that does
    // not read them.
    if (sender.frames > limits.unread) return stream.destroy();
    switch (given.kind) {
      case FrameKind.FRAME_KIND_CALLER:
        if (given.caller > limits.callers || given.payload.length > limits.assertion) return stream.destroy();
        // A copy, because the frame's bytes are part of a larger buffer that would stay in memory.
        return void callers.set(given.caller, { path: given.rpc, assertion: Buffer.from(given.payload) });
      case FrameKind.FRAME_KIND_REQUEST:
        return hearRequest(given);
      case FrameKind.FRAME_KIND_PING:
        return sender.send(frame(FrameKind.FRAME_KIND_PONG));
      case FrameKind.FRAME_KIND_CANCEL: {
        assembly.forget(given.call);
        arriving.delete(given.call);
        endIfDrained();
        const entry = running.get(given.call);
        return entry === undefined ? undefined : abandon(entry);
      }
      case FrameKind.FRAME_KIND_CREDIT: {
        const entry = running.get(given.call);
        return entry?.give(given.credit);
      }
      default:
    }
  };

  const stream = open({
    received(frames) {
      // One of the frames may have closed the stream: the frames after it are ignored.
      for (const one of frames) if (!closed) hear(one);
    },
    closed({ clean }) {
      closed = true;
      for (const entry of [...running.values()]) abandon(entry);
      if (clean) stream.end();
    },
  });
  const sender = createSender(stream, () => running.size <= 1);
  sender.send(frame(FrameKind.FRAME_KIND_HELLO));

  return {
    drain() {
      draining = true;
      sender.send(frame(FrameKind.FRAME_KIND_DRAIN));
      endIfDrained();
    },
  };
}

/** The answer is longer than a message may be. */
class TooLong extends Error {}

function tooLong(what: string): WireError {
  return { code: status.RESOURCE_EXHAUSTED, text: `the ${what} is longer than 4 MiB`, details: Buffer.alloc(0) };
}

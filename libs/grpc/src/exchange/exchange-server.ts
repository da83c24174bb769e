import { status } from '@grpc/grpc-js';
import { ObpFailure } from '@platform/failure';
import { Failure } from '@platform/messages';
import { type Incoming, openCall, type Reception, report } from '../incoming.js';
import type { Call } from '../rpc.js';
import { toWire } from '../status.js';
import { type CallFrame, createAssembly, frame, FrameKind, limits } from './frame.js';
import type { FrameStream, Listener } from './frame-stream.js';
import { createSender } from './sender.js';

/** A method as an exchange serves it. */
export interface ServedMethod {
  readonly isStream: boolean;
  readonly deserialize: (bytes: Buffer) => object;
  readonly serialize: (message: unknown) => Buffer;
  /** Absent: not implemented. */
  readonly handler: ((request: object, call: Call) => unknown) | undefined;
}

export interface ExchangeServerOptions extends Reception {
  readonly methods: ReadonlyMap<string, ServedMethod>;
  readonly isFrom: (service: string) => boolean;
  /** Bytes of answers that wait to be read, beyond which no more calls are begun. */
  readonly mostWaiting?: number;
}

/** An exchange as its server has it. */
export interface ServedExchange {
  /** Takes no more calls, and ends when those that it has are answered. */
  drain(): void;
}

interface Entry extends Incoming {
  readonly number: number;
  readonly deadline: number;
  over: boolean;
  readonly whenOverDo: (() => void)[];
  /** Bytes of messages that may be on their way; Infinity for a single answer. */
  credit: number;
  /** Woken by credit, and when the call is over. */
  wake: (() => void) | undefined;
}

/** How often calls are looked at whose deadline may have passed. */
const look_ms = 100;
const mostWaiting = 64 * 1024 * 1024;

/** @param open makes the stream, given who listens to it */
export function serveExchange(open: (listener: Listener) => FrameStream, options: ExchangeServerOptions): ServedExchange {
  const callers = new Map<number, { readonly path: string; readonly assertion: Buffer }>();
  /** Calls whose request has begun to arrive. */
  const arriving = new Map<number, CallFrame>();
  const running = new Map<number, Entry>();
  const assembly = createAssembly();
  let draining = false;
  let timer: NodeJS.Timeout | undefined;

  const finish = (entry: Entry): void => {
    running.delete(entry.number);
    if (running.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    endIfDrained();
  };
  const endIfDrained = (): void => {
    if (draining && running.size === 0 && arriving.size === 0) sender.end();
  };
  const abandon = (entry: Entry): void => {
    entry.over = true;
    finish(entry);
    entry.whenOverDo.forEach((then) => then());
    entry.wake?.();
  };
  const look = (): void => {
    const now = performance.now();
    for (const entry of running.values()) if (entry.deadline <= now) abandon(entry);
  };

  const answerFailure = (call: number, error: unknown): void => {
    const { code, text, details } = toWire(error);
    sender.send(frame(FrameKind.FRAME_KIND_FAILURE, { call, code, text, payload: details }));
  };
  const answerTooLong = (call: number, what: string): void => sender.send(frame(FrameKind.FRAME_KIND_FAILURE, { call, code: status.RESOURCE_EXHAUSTED, text: `the ${what} is longer than 4 MiB` }));
  const failed = (entry: Entry, error: unknown): void => {
    // Nobody hears it, and a source that was told to stop may say so by throwing.
    if (entry.over) return;
    if (error instanceof TooLong) answerTooLong(entry.number, 'answer');
    else answerFailure(entry.number, error);
    if (!(error instanceof TooLong)) report(error, entry, options.log);
    finish(entry);
  };

  const sendMessage = (entry: Entry, message: unknown, method: ServedMethod): Promise<void> | undefined => {
    const payload = method.serialize(message);
    if (payload.length > limits.message) throw new TooLong();
    entry.credit -= payload.length;
    if (!method.isStream) {
      sender.send(frame(FrameKind.FRAME_KIND_MESSAGE, { call: entry.number, payload }));
      return undefined;
    }
    return new Promise((resolve) => sender.send(frame(FrameKind.FRAME_KIND_MESSAGE, { call: entry.number, payload }), resolve, () => {
      if (entry.over) resolve();
      return entry.over;
    }));
  };
  const answerOnce = async (entry: Entry, result: unknown, method: ServedMethod): Promise<void> => {
    const message = await result;
    if (entry.over) return;
    void sendMessage(entry, message, method);
    finish(entry);
  };
  const answerStream = async (entry: Entry, messages: AsyncIterable<unknown>, method: ServedMethod): Promise<void> => {
    for await (const message of messages) {
      if (entry.over) return;
      await sendMessage(entry, message, method);
      while (entry.credit <= 0 && !entry.over) await new Promise<void>((resolve) => (entry.wake = resolve));
      if (entry.over) return;
    }
    if (entry.over) return;
    sender.send(frame(FrameKind.FRAME_KIND_END, { call: entry.number }));
    finish(entry);
  };

  const begin = (first: CallFrame, bytes: Buffer): void => {
    const caller = callers.get(first.caller);
    const method = options.methods.get(caller?.path ?? '');
    if (caller === undefined || method?.handler === undefined) return answerFailure(first.call, new ObpFailure(Failure.FAILURE_NOT_IMPLEMENTED));
    if (running.size >= limits.calls || sender.waiting > (options.mostWaiting ?? mostWaiting)) return answerFailure(first.call, new ObpFailure(Failure.FAILURE_TOO_BUSY));
    const whenOverDo: (() => void)[] = [];
    const entry: Entry = {
      ...caller,
      number: first.call,
      correlation_id: first.correlation_id,
      deadline: performance.now() + first.timeout_ms,
      isFrom: options.isFrom,
      isOver: () => entry.over,
      whenOver: (then) => void whenOverDo.push(then),
      whenOverDo,
      over: false,
      credit: method.isStream ? first.credit : Infinity,
      wake: undefined,
    };
    running.set(entry.number, entry);
    timer ??= setInterval(look, look_ms);
    try {
      const request = method.deserialize(bytes);
      const result = method.handler(request, openCall(entry, request, options));
      (method.isStream ? answerStream(entry, result as AsyncIterable<unknown>, method) : answerOnce(entry, result, method)).catch((error: unknown) => failed(entry, error));
    } catch (error) {
      failed(entry, error);
    }
  };

  const hearRequest = (given: CallFrame): void => {
    const first = arriving.get(given.call) ?? given;
    const message = assembly.add(given);
    if (message === undefined) return void arriving.set(given.call, first);
    arriving.delete(given.call);
    if (message === 'too long') answerTooLong(given.call, 'request');
    else if (!draining) return begin(first, message);
    else sender.send(frame(FrameKind.FRAME_KIND_REFUSED, { call: given.call }));
    endIfDrained();
  };

  const hear = (given: CallFrame): void => {
    switch (given.kind) {
      case FrameKind.FRAME_KIND_CALLER:
        return void callers.set(given.caller, { path: given.rpc, assertion: given.payload });
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
        if (entry === undefined) return;
        entry.credit += given.credit;
        return entry.wake?.();
      }
      default:
    }
  };

  const stream = open({
    received(frames) {
      for (const one of frames) hear(one);
    },
    closed({ clean }) {
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

/** Its answer cannot be carried. */
class TooLong extends Error {}

import { type ClientDuplexStream, type ServerDuplexStream, status } from '@grpc/grpc-js';
import { ExchangeRequest, ExchangeResponse } from '@platform/messages';
import { deserializer, serializer } from '../wire.js';
import type { CallFrame } from './frame.js';

/** How a stream ended. */
export interface Ending {
  /** Whether the server ended it, after it had sent everything. */
  readonly clean: boolean;
  readonly code: status;
}

/** One side of a stream of frames. */
export interface FrameStream {
  /** @param done called when the next frames may be written */
  write(frames: readonly CallFrame[], done: () => void): void;
  /** Ends this side: nothing more is sent. */
  end(): void;
  /** Closes the stream at once. */
  destroy(): void;
}

/** Receives the events of a stream. */
export interface Listener {
  received(frames: readonly CallFrame[]): void;
  /** Called once, after everything that was received. */
  closed(ending: Ending): void;
}

/** The rpc that carries the frames, as grpc-js takes it. */
export const exchangeMethod = {
  path: '/obp.internal.v1.CallService/Exchange',
  requestStream: true,
  responseStream: true,
  requestSerialize: serializer(ExchangeRequest),
  requestDeserialize: deserializer(ExchangeRequest),
  responseSerialize: serializer(ExchangeResponse),
  responseDeserialize: deserializer(ExchangeResponse),
} as const;

export function ofClient(call: ClientDuplexStream<ExchangeRequest, ExchangeResponse>, listener: Listener): FrameStream {
  call.on('data', ({ frames }: ExchangeResponse) => listener.received(frames));
  // The status event reports the error.
  call.on('error', () => undefined);
  call.once('status', ({ code }) => listener.closed({ clean: code === status.OK, code }));
  return {
    write: (frames, done) => void call.write({ frames: [...frames] }, done),
    end: () => call.end(),
    destroy: () => call.cancel(),
  };
}

export function ofServer(call: ServerDuplexStream<ExchangeRequest, ExchangeResponse>, listener: Listener): FrameStream {
  let open = true;
  const close = (code: status): void => {
    if (!open) return;
    open = false;
    listener.closed({ clean: code === status.OK, code });
  };
  call.on('data', ({ frames }: ExchangeRequest) => listener.received(frames));
  call.on('error', () => close(status.UNAVAILABLE));
  call.once('cancelled', () => close(status.CANCELLED));
  call.once('end', () => close(status.OK));
  return {
    write: (frames, done) => void (open && call.write({ frames: [...frames] }, done)),
    end: () => call.end(),
    destroy: () => call.emit('error', { code: status.UNAVAILABLE, details: 'the server ends' }),
  };
}

/** The two sides of a stream in one process. The other side receives the same frame objects, in a later microtask. */
export function createPair(client: Listener, server: Listener): { client: FrameStream; server: FrameStream } {
  let open = true;
  const side = (other: Listener, close: (ending: Ending) => void): FrameStream => ({
    write(frames, done) {
      if (!open) return;
      queueMicrotask(() => {
        if (!open) return;
        other.received(frames);
        done();
      });
    },
    end: () => queueMicrotask(() => close({ clean: true, code: status.OK })),
    destroy: () => queueMicrotask(() => close({ clean: false, code: status.UNAVAILABLE })),
  });
  const close = (ending: Ending): void => {
    if (!open) return;
    open = false;
    client.closed(ending);
    server.closed(ending);
  };
  return { client: side(server, close), server: side(client, close) };
}

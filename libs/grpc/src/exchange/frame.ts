import { type CallFrame, FrameKind } from '@platform/messages';

export { type CallFrame, FrameKind };

/** The rpc that carries the frames. */
export const exchangePath = '/obp.internal.v1.CallService/Exchange';

/** Bytes. A message is a gRPC client's 4 MiB at most, as in a call of its own. */
export const limits = {
  message: 4 * 1024 * 1024,
  /** What one call says in a turn while others have something to say. */
  slice: 16 * 1024,
  /** What all say in a turn, headers of frames not counted. */
  turn: 64 * 1024,
  /** Of a stream's messages, on their way or not yet read. */
  window: 256 * 1024,
  /** Calls at once on one stream. */
  calls: 1_000,
} as const;

const nothing = Buffer.alloc(0);
/** A frame that says nothing but this. */
export function frame(kind: FrameKind, call = 0, payload: Buffer = nothing): CallFrame {
  return { kind, call, payload, more: false, caller: 0, rpc: '', correlation_id: '', timeout_ms: 0, code: 0, text: '', credit: 0 };
}

/** Puts the parts of calls' messages together again. */
export interface Assembly {
  /** @returns the message when the frame ends it, "too long" when it outgrew the limit, undefined while it goes on */
  add(part: CallFrame): Buffer | 'too long' | undefined;
  forget(call: number): void;
}

export function createAssembly(): Assembly {
  const open = new Map<number, { readonly parts: Buffer[]; size: number }>();
  return {
    add({ call, payload, more }) {
      const begun = open.get(call);
      if (begun === undefined && !more) return payload.length > limits.message ? 'too long' : payload;
      const message = begun ?? { parts: [], size: 0 };
      message.parts.push(payload);
      message.size += payload.length;
      if (message.size > limits.message) {
        open.delete(call);
        return 'too long';
      }
      if (more) {
        open.set(call, message);
        return undefined;
      }
      open.delete(call);
      return Buffer.concat(message.parts, message.size);
    },
    forget: (call) => void open.delete(call),
  };
}

import { type CallFrame, FrameKind } from '@platform/messages';

export { type CallFrame, FrameKind };

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
  /** Assertions that have a number at once, and the length of one. */
  callers: 512,
  assertion: 64 * 1024,
} as const;

const nothing = Buffer.alloc(0);
/** A frame that says nothing but this. */
export function frame(kind: FrameKind, call = 0, payload: Buffer = nothing): CallFrame {
  return { kind, call, payload, more: false, caller: 0, rpc: '', correlation_id: '', timeout_ms: 0, code: 0, text: '', credit: 0 };
}

/** Puts the parts of calls' messages together again. */
export interface Assembly {
  /** Bytes of messages that have not come whole. */
  readonly size: number;
  /** @returns the message when the frame ends it, "too long" when it outgrew the limit, undefined while it goes on */
  add(part: CallFrame): Buffer | 'too long' | undefined;
  forget(call: number): void;
}

export function createAssembly(): Assembly {
  const open = new Map<number, { readonly parts: Buffer[]; size: number }>();
  let size = 0;
  const forget = (call: number): void => {
    size -= open.get(call)?.size ?? 0;
    open.delete(call);
  };
  return {
    get size() {
      return size;
    },
    add({ call, payload, more }) {
      const begun = open.get(call);
      if (begun === undefined && !more) return payload.length > limits.message ? 'too long' : payload;
      const message = begun ?? { parts: [], size: 0 };
      open.set(call, message);
      message.parts.push(payload);
      message.size += payload.length;
      size += payload.length;
      if (message.size > limits.message) {
        forget(call);
        return 'too long';
      }
      if (more) return undefined;
      forget(call);
      return Buffer.concat(message.parts, message.size);
    },
    forget,
  };
}

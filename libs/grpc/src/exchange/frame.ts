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
  /** Frames that wait to be read; only who asks and reads nothing has more. */
  unread: 100_000,
  /** Assertions that have a number at once, and the length of one. */
  callers: 512,
  assertion: 64 * 1024,
} as const;

const nothing = Buffer.alloc(0);
/** A frame that says nothing but this. */
export function frame(kind: FrameKind, call = 0, payload: Buffer = nothing): CallFrame {
  return {
    kind,
    call,
    payload,
    more: false,
    caller: 0,
    rpc: '',
    correlation_id: '',
    timeout_ms: 0,
    code: 0,
    text: '',
    credit: 0,
  };
}

/** What a part costs beside its bytes, so that parts without any cannot be kept without end. */
const partCost = 128;

/** Puts the parts of calls' messages together again. */
export interface Assembly {
  /** Bytes that the parts of messages take which have not come whole. */
  readonly size: number;
  /** @returns the message when the frame ends it, "too long" when it outgrew the limit, undefined while it goes on */
  add(part: CallFrame): Buffer | 'too long' | undefined;
  forget(call: number): void;
}

export function createAssembly(): Assembly {
  const open = new Map<number, { readonly parts: Buffer[]; size: number }>();
  let size = 0;
  const forget = (call: number): void => {
    const { parts, size: bytes } = open.get(call) ?? { parts: [], size: 0 };
    size -= bytes + parts.length * partCost;
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
      // A copy, where it is kept: a frame's bytes are a part of all that came with it.
      message.parts.push(more ? Buffer.from(payload) : payload);
      message.size += payload.length;
      size += payload.length + partCost;
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

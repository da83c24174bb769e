import { type CallFrame, FrameKind } from '@platform/messages';

export { type CallFrame, FrameKind };

/** Sizes in bytes. A message may be 4 MiB, the limit of a gRPC client, as in a plain call. */
export const limits = {
  message: 4 * 1024 * 1024,
  /** The most that one call sends in a turn while other calls have something to send. */
  slice: 16 * 1024,
  /** The most that all calls together send in a turn, without the headers of frames. */
  turn: 64 * 1024,
  /** Messages of one stream that are on their way or not yet read. */
  window: 256 * 1024,
  /** Calls at once on one stream. */
  calls: 1_000,
  /** Frames that wait to be read; only a client that sends requests and reads nothing reaches this. */
  unread: 100_000,
  /** Assertions that can have a number at the same time, and the longest assertion. */
  callers: 512,
  assertion: 64 * 1024,
} as const;

const nothing = Buffer.alloc(0);
/** A frame with only these values. */
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
    traceparent: '',
    tracestate: '',
  };
}

/** Counted for each part in addition to its bytes, so that empty parts cannot be kept without limit. */
const partCost = 128;

/** Joins the parts of messages, by call. */
export interface Assembly {
  /** Bytes of the parts of incomplete messages. */
  readonly size: number;
  /**
   * @returns the message when this part completes it, "too long" when it exceeds the limit, undefined while parts are
   * missing
   */
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
      // A part that is kept is copied, because the frame's bytes are part of a larger buffer that would stay in memory.
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

import { type CallFrame, frame, limits } from './frame.js';
import type { FrameStream } from './frame-stream.js';

interface Item {
  readonly frame: CallFrame;
  /** Called when all of it has been given to the stream. */
  readonly sent?: (() => void) | undefined;
  /** Whether nobody needs it any more. */
  readonly stale?: (() => boolean) | undefined;
}

/** Says what is to be said on a stream. */
export interface Sender {
  /** After what was sent before it, except for the rest of messages longer than a slice. */
  send(frame: CallFrame, sent?: () => void, stale?: () => boolean): void;
  /** Bytes of messages that wait for their turn. */
  readonly waiting: number;
  /** Ends the stream when everything has been said. */
  end(): void;
}

/**
 * What comes up in one turn of the event loop, and while the stream is writing, goes out as one gRPC message; long
 * messages in slices, one of each call after the other.
 * @param alone whether no other call is likely to have something to say in this turn: then nothing waits for its end
 */
export function createSender(stream: FrameStream, alone: () => boolean): Sender {
  let queue: Item[] = [];
  let waiting = 0;
  let writing = false;
  let scheduled = false;
  let state: 'open' | 'ending' | 'ended' = 'open';

  const written = (): void => {
    writing = false;
    flush();
  };
  const flush = (): void => {
    scheduled = false;
    if (writing || state === 'ended') return;
    const frames = take();
    if (frames.length > 0) {
      writing = true;
      stream.write(frames, written);
    } else if (state === 'ending') {
      state = 'ended';
      stream.end();
    }
  };
  const take = (): CallFrame[] => {
    const frames: CallFrame[] = [];
    let room: number = limits.turn;
    let round = queue;
    let next: Item[] = [];
    let index = 0;
    for (; room > 0 && index < round.length; index += 1) {
      const item = round[index] as Item;
      const { payload } = item.frame;
      if (item.stale?.() === true) {
        waiting -= payload.length;
        continue;
      }
      const most = round.length - index + next.length === 1 ? room : limits.slice;
      const part = payload.length <= most ? payload : payload.subarray(0, most);
      room -= part.length;
      waiting -= part.length;
      if (part === payload) {
        frames.push(item.frame);
        item.sent?.();
      } else {
        frames.push({ ...item.frame, payload: part, more: true });
        next.push({ ...item, frame: frame(item.frame.kind, { call: item.frame.call, payload: payload.subarray(most) }) });
      }
      if (index === round.length - 1) {
        round = next;
        next = [];
        index = -1;
      }
    }
    queue = [...round.slice(index), ...next];
    return frames;
  };

  return {
    send(given, sent, stale) {
      if (state === 'ended') return;
      queue.push({ frame: given, sent, stale });
      waiting += given.payload.length;
      if (scheduled || writing) return;
      scheduled = true;
      if (alone()) queueMicrotask(flush);
      else setImmediate(flush);
    },
    get waiting() {
      return waiting;
    },
    end() {
      if (state === 'open') state = 'ending';
      if (!writing && !scheduled) flush();
    },
  };
}

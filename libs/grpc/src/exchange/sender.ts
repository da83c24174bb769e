import { type CallFrame, frame, limits } from './frame.js';
import type { FrameStream } from './frame-stream.js';

/** The call that a frame belongs to. */
export interface Owner {
  /** Whether the call is over: then the frame is not sent. */
  readonly isOver: boolean;
  /** Called when the whole frame has been given to the stream, or was left out. */
  sent(): void;
}

interface Item {
  readonly frame: CallFrame;
  readonly owner: Owner | undefined;
}

/** Sends frames on a stream. */
export interface Sender {
  /** Sends the frame after all earlier ones, except the rest of messages longer than a slice. */
  send(frame: CallFrame, owner?: Owner): void;
  /** Bytes of messages that wait to be sent. */
  readonly waiting: number;
  /** Frames that wait to be sent. */
  readonly frames: number;
  /** Ends the stream when everything has been sent. */
  end(): void;
}

/**
 * Frames from one turn of the event loop, and those that arrive while the stream is writing, go out as one gRPC
 * message. Long messages are cut into slices, and calls send one slice each in turn.
 * @param alone whether no other call is likely to send anything in this turn: then frames do not wait for its end
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
      const { kind, call, payload } = item.frame;
      const most = round.length - index + next.length === 1 ? room : limits.slice;
      if (item.owner?.isOver === true || payload.length <= most) {
        waiting -= payload.length;
        if (item.owner?.isOver !== true) {
          frames.push(item.frame);
          room -= payload.length;
        }
        item.owner?.sent();
      } else {
        frames.push({ ...item.frame, payload: payload.subarray(0, most), more: true });
        next.push({ frame: frame(kind, call, payload.subarray(most)), owner: item.owner });
        room -= most;
        waiting -= most;
      }
      if (index === round.length - 1) {
        round = next;
        next = [];
        index = -1;
      }
    }
    queue = index >= round.length ? next : [...round.slice(index), ...next];
    return frames;
  };

  return {
    send(given, owner) {
      if (state === 'ended') return;
      queue.push({ frame: given, owner });
      waiting += given.payload.length;
      if (scheduled || writing) return;
      scheduled = true;
      if (alone()) queueMicrotask(flush);
      else setImmediate(flush);
    },
    get waiting() {
      return waiting;
    },
    get frames() {
      return queue.length;
    },
    end() {
      if (state === 'open') state = 'ending';
      if (!writing && !scheduled) flush();
    },
  };
}

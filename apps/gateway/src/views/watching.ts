import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';

/** The streams of events that are open. */
export interface Watching {
  /**
   * Opens a stream's place.
   * @throws ObpFailure OBP-10018 when there are too many
   */
  enter(): Watcher;
  /** Lets all streams end, and opens no more. */
  close(): void;
}

export interface Watcher {
  /** Resolves when the stream has to end. */
  readonly over: Promise<void>;
  isOver(): boolean;
  leave(): void;
}

export interface WatchingOptions {
  /** The most streams at once. */
  readonly most: number;
  /**
   * How long a stream lasts. Then the client opens another one, which shows whether it may still do so: who has lost
   * the role sees nothing more.
   */
  readonly life_ms: number;
}

export function createWatching({ most, life_ms }: WatchingOptions): Watching {
  const open = new Set<() => void>();
  let closed = false;
  return {
    enter() {
      if (closed || open.size >= most) fail(Failure.FAILURE_TOO_BUSY);
      let isOver = false;
      let end = (): void => undefined;
      const over = new Promise<void>((resolve) => {
        end = () => {
          isOver = true;
          resolve();
        };
      });
      const timer = setTimeout(end, life_ms).unref();
      open.add(end);
      return {
        over,
        isOver: () => isOver,
        leave() {
          clearTimeout(timer);
          open.delete(end);
        },
      };
    },
    close() {
      closed = true;
      open.forEach((end) => end());
    },
  };
}

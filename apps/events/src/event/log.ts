import { isPassing, type Reader } from '@platform/persistence';
import type { Logger } from '@platform/runtime';
import { createLoop } from '../loop.js';
import { lastPosition } from '../progress/progress.sql.js';

/** The end of the log, which any replica may move. */
export interface LogEnd {
  /** The last position. */
  position(): Promise<number>;
  /** Waits until there are events after the position, but not longer than `wait_ms`. */
  beyond(position: number, wait_ms: number): Promise<void>;
  close(): Promise<void>;
}

interface Waiter {
  readonly position: number;
  readonly tell: () => void;
}

const look_ms = 100;
const idle_ms = 60_000;

/** However many wait, the database is asked once in a tenth of a second. */
export function createLogEnd(reader: Reader, log: Logger): LogEnd {
  const waiters = new Set<Waiter>();
  const position = async (): Promise<number> => {
    const [row] = await reader.rows<{ position: number }>(lastPosition);
    return row?.position ?? 0;
  };
  const look = async (): Promise<number> => {
    if (waiters.size === 0) return idle_ms;
    try {
      const last = await position();
      for (const waiter of waiters) if (last > waiter.position) waiter.tell();
    } catch (error) {
      if (!isPassing(error)) log.warn({ err: error }, 'the end of the log cannot be read');
    }
    return look_ms;
  };
  const loop = createLoop(look);
  return {
    position,
    beyond: (after, wait_ms) =>
      new Promise((resolve) => {
        const tell = (): void => {
          clearTimeout(timer);
          waiters.delete(waiter);
          resolve();
        };
        const timer = setTimeout(tell, wait_ms);
        const waiter = { position: after, tell };
        waiters.add(waiter);
        if (waiters.size === 1) loop.wake();
      }),
    async close() {
      waiters.forEach(({ tell }) => tell());
      await loop.close();
    },
  };
}

import type { EventEmitter } from 'node:events';

/** Resolves when a stream takes more, or when it ends: then it emits `ended`. */
export function drained(stream: EventEmitter, ended: 'close' | 'cancelled'): Promise<void> {
  return new Promise((resolve) => {
    // Both listeners are removed again, because a long stream waits many times.
    const done = () => {
      stream.off('drain', done).off(ended, done);
      resolve();
    };
    stream.once('drain', done).once(ended, done);
  });
}

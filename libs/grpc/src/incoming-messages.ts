import type { PendingCall } from './exchange/pending-call.js';

/** The received messages of a stream that wait for their reader. */
export interface IncomingMessages {
  /** @returns the next message, undefined at the end. @throws the stream's error, after the messages before it */
  next(): Promise<Buffer | undefined>;
  readonly receiver: Pick<PendingCall, 'isStream' | 'until' | 'deadline' | 'begun' | 'receive' | 'end' | 'fail'>;
}

/**
 * @param until when the stream must have ended, as `performance.now()`
 * @param patience_ms how long its reader waits for a message
 */
export function createIncomingMessages(until: number, patience_ms: number): IncomingMessages {
  const messages: Buffer[] = [];
  let begun = false;
  let outcome: { readonly error?: Error } | undefined;
  let waiting: { readonly since: number; wake(): void } | undefined;

  const wake = (): void => waiting?.wake();
  const settle = (with_: { readonly error?: Error }): void => {
    outcome ??= with_;
    wake();
  };
  return {
    async next() {
      while (messages.length === 0 && outcome === undefined) {
        await new Promise<void>((resolve) => (waiting = { since: performance.now(), wake: resolve }));
        waiting = undefined;
      }
      const message = messages.shift();
      if (message === undefined && outcome?.error !== undefined) throw outcome.error;
      return message;
    },
    receiver: {
      isStream: true,
      until,
      deadline: () => Math.min(until, waiting === undefined ? Infinity : waiting.since + patience_ms),
      begun: () => begun,
      receive(message) {
        begun = true;
        messages.push(message);
        wake();
      },
      end: () => settle({}),
      fail: (error) => settle({ error }),
    },
  };
}

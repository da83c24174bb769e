/** Work that is repeated until it is closed. */
export interface Loop {
  /** Ends the present pause. */
  wake(): void;
  /** Waits for the running step. */
  close(): Promise<void>;
}

/** @param step does a part of the work, and returns how long to pause before the next, in milliseconds. It never throws */
export function createLoop(step: () => Promise<number>): Loop {
  let closed = false;
  let wake = (): void => undefined;
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async (): Promise<void> => {
    while (!closed) {
      const pause_ms = await step();
      if (!closed && pause_ms > 0) await pause(pause_ms);
    }
  };
  const running = run();
  return {
    wake: () => wake(),
    async close() {
      closed = true;
      wake();
      await running;
    },
  };
}

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { statusOf } from '../processes/stack.js';
import { type Cluster, pause } from './cluster.js';

/** The result of requests at a fixed rate. */
export interface Offered {
  /**
   * Requests that were due at the rate; that found a free connection; that had no response at the end; and whose
   * connection broke.
   */
  readonly due: number;
  readonly sent: number;
  readonly unanswered: number;
  readonly broken: number;
  /** The number of responses by status and code. */
  readonly answers: Readonly<Record<string, number>>;
  /** Refusals without Retry-After. */
  readonly withoutRetryAfter: number;
  /** The time of each wanted response, and of each refusal. Milliseconds. */
  readonly times: readonly number[];
  /** Wanted responses that arrived while requests were sent: later ones would distort the rate. */
  readonly in_time: number;
  readonly refusal_times: readonly number[];
  readonly gap_ms: number;
  /** Processor time of the load itself. */
  readonly cpu_ms: number;
}

/** The load of many readers, from its own process. */
export interface Readers {
  /** @param rate requests a second, independent of responses */
  offer(rate: number, seconds: number): Promise<Offered>;
  close(): void;
}

export function startReaders({ origins, sessions: [{ token }] }: Cluster, path: string): Readers {
  const child = fork(join(__dirname, 'offer.mjs'));
  const ports = origins.map((origin) => Number(new URL(origin).port));
  const gone = once(child, 'exit').then(([code]) => Promise.reject<Offered>(new Error(`the load ended with ${code}`)));
  gone.catch(() => undefined);
  return {
    offer(rate, seconds) {
      child.send({ ports, path, token, rate, seconds, connections: 1_000 });
      return Promise.race([gone, once(child, 'message').then(([offered]) => offered as Offered)]);
    },
    close: () => child.disconnect(),
  };
}

/** @returns wanted responses a second */
export const goodputOf = ({ in_time }: Offered, seconds: number): number => in_time / seconds;

/** Raises the rate until many requests are refused or late. @returns the highest number of wanted responses a second */
export async function findPeak(readers: Readers): Promise<number> {
  const seconds = 3;
  let peak = 0;
  for (let rate = 100; ; rate *= 1.4) {
    const goodput = goodputOf(await readers.offer(rate, seconds), seconds);
    peak = Math.max(peak, goodput);
    if (goodput < 0.8 * rate) return peak;
  }
}

export interface Health {
  /** The number of checks that did not get 200, and the time of each check in milliseconds. */
  stop(): Promise<{ readonly bad: number; readonly times: readonly number[] }>;
}

/** Checks repeatedly whether every gateway is alive and ready, each time on a new connection. */
export function watchHealth({ origins }: Cluster): Health {
  const times: number[] = [];
  let [bad, running] = [0, true];
  const ask = async (origin: string, path: string): Promise<void> => {
    while (running) {
      const since = Date.now();
      if ((await statusOf(origin, path)) !== 200) bad += 1;
      times.push(Date.now() - since);
      await pause(100);
    }
  };
  const all = origins.flatMap((origin) => ['/livez', '/readyz'].map((path) => ask(origin, path)));
  return {
    async stop() {
      running = false;
      await Promise.all(all);
      return { bad, times };
    },
  };
}

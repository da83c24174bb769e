import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { statusOf } from '../processes/stack.js';
import { type Cluster, pause } from './cluster.js';

/** What came of requests at a rate. */
export interface Offered {
  /** Requests that the rate asked for, that found a free connection, that had no answer in the end, and whose connection broke. */
  readonly due: number;
  readonly sent: number;
  readonly unanswered: number;
  readonly broken: number;
  /** How many answers of each status and code. */
  readonly answers: Readonly<Record<string, number>>;
  /** Refusals that do not say when to come again. */
  readonly withoutRetryAfter: number;
  /** Milliseconds of each answer that was wanted, and of each refusal. */
  readonly times: readonly number[];
  /** Wanted answers that came while requests were offered: what is still under way at the end is no rate. */
  readonly in_time: number;
  readonly refusal_times: readonly number[];
  readonly gap_ms: number;
  /** Processor time of the load itself. */
  readonly cpu_ms: number;
}

/** The load of many readers, from a process of its own. */
export interface Readers {
  /** @param rate requests a second, whether or not there are answers */
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

/** @returns wanted answers a second */
export const goodputOf = ({ in_time }: Offered, seconds: number): number => in_time / seconds;

/** Offers more and more until a good part is refused or late. @returns the most wanted answers a second */
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
  /** How many questions were answered with anything but 200, and how long each took, in milliseconds. */
  stop(): Promise<{ readonly bad: number; readonly times: readonly number[] }>;
}

/** Asks every gateway again and again whether it lives and is ready, each time on a new connection. */
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

import { setTimeout as sleep } from 'node:timers/promises';
import type { Peer } from '@platform/grpc';
import type { Clock } from '@platform/runtime';
import type { Backend } from './calls/backend.js';

/** Knows the state of the services behind the gateway in advance, so that nothing has to be asked when it is needed. */
export interface PartsMonitor {
  /** By name: whether the part said within the last seconds that it serves. Waits only for the first answers. */
  state(): Promise<Readonly<Record<string, boolean>>>;
  close(): void;
}

const every_ms = 500;
const patience_ms = 500;
/** Longer than one round of health checks in which one is not answered. */
const current_ms = 2_000;

/** Checks the health of each part regularly. */
export function createPartsMonitor(parts: Backend['parts'], clock: Clock): PartsMonitor {
  const served_at = new Map<string, number>();
  const stop = new AbortController();
  const ask = async (name: string, part: Pick<Peer, 'serving'>): Promise<void> => {
    const asked_at = clock();
    // A channel that was closed meanwhile throws an error.
    if (await part.serving(patience_ms).catch(() => false)) served_at.set(name, asked_at);
  };
  const first = Promise.all([...parts].map(([name, part]) => ask(name, part)));
  const watch = async (): Promise<void> => {
    await first;
    while (!stop.signal.aborted) {
      await Promise.all([...parts].map(([name, part]) => ask(name, part)));
      await sleep(every_ms, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
    }
  };
  void watch();
  return {
    async state() {
      await first;
      return Object.fromEntries(
        [...parts.keys()].map((name) => [name, clock() - (served_at.get(name) ?? -Infinity) < current_ms]),
      );
    },
    close: () => stop.abort(),
  };
}

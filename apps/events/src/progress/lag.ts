import type { Reader } from '@platform/persistence';
import { gauges } from '@platform/telemetry';
import { type Lag, lagOfSinks } from './lag.sql.js';

/** Several scrapes within this time share an answer. */
const known_ms = 5_000;

/** Shows how far the sinks are behind, when Prometheus asks. @param publishes whether NATS is one of them */
export function watchLag(reader: Reader, publishes: boolean): { close(): void } {
  let asked = -Infinity;
  let answer: Promise<Lag[]> = Promise.resolve([]);
  const look = async (): Promise<Lag | undefined> => {
    if (performance.now() - asked >= known_ms) {
      asked = performance.now();
      answer = reader.page<Lag>(lagOfSinks);
    }
    return (await answer)[0];
  };
  const watches = [
    gauges.eventsAge.watch(async (set) => {
      const lag = await look();
      if (lag === undefined) return;
      set(lag.webhooks_seconds, 'webhooks');
      if (publishes) set(lag.nats_seconds, 'nats');
    }),
    gauges.deadLetters.watch(async (set) => set((await look())?.dead_letters ?? 0)),
  ];
  return { close: () => watches.forEach((one) => one.close()) };
}

import type { MikroORM } from '@mikro-orm/postgresql';
import { autocommit } from '@platform/persistence';
import { type Gauge, gauges } from '@platform/telemetry';
import { type Backlog, backlogOf } from './task.sql.js';

/** Several scrapes within this time share an answer. */
const known_ms = 5_000;

/** Shows how many tasks of each kind wait in the outbox, and for how long, when Prometheus asks. */
export function watchBacklog(service: string, orm: MikroORM, kinds: readonly string[]): { close(): void } {
  let asked = -Infinity;
  let answer: Promise<Backlog[]> = Promise.resolve([]);
  const look = (): Promise<Backlog[]> => {
    if (performance.now() - asked < known_ms) return answer;
    asked = performance.now();
    answer = autocommit(orm, {}, backlogOf);
    return answer;
  };
  const watch = (gauge: Gauge, valueOf: (backlog: Backlog) => number) =>
    gauge.watch(async (set) => {
      const found = await look();
      for (const kind of kinds) set(0, service, kind);
      for (const backlog of found) set(valueOf(backlog), service, backlog.kind);
    });
  const watches = [
    watch(gauges.outboxTasks, ({ tasks }) => tasks),
    watch(gauges.outboxAge, ({ age_seconds }) => age_seconds),
  ];
  return { close: () => watches.forEach((one) => one.close()) };
}

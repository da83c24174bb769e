import type { MikroORM } from '@mikro-orm/postgresql';
import { autocommit, isPassing } from '@platform/persistence';
import type { Logger } from '@platform/runtime';
import { type Due, dueTasks, lease, release, type Task } from './task.sql.js';

const tasksAtOnce = 10;

export interface RelayOptions<Kind extends string> {
  readonly orm: MikroORM;
  readonly log: Logger;
  readonly done: (task: Task<Kind>, correlation_id: string) => Promise<void>;
  /** Milliseconds, by kind. */
  readonly leases: Readonly<Record<Kind, number>>;
  /** The longest pause between two attempts. Milliseconds. */
  readonly pauseOf: (kind: Kind) => number;
  readonly poll_ms: number;
}

/** Looks for tasks that no process is doing, and does them. */
export function createRelay<Kind extends string>({
  orm,
  log,
  done,
  leases,
  pauseOf,
  poll_ms,
}: RelayOptions<Kind>): { close(): Promise<void> } {
  const kinds = Object.keys(leases) as Kind[];
  const attempt = async ({ attempts: before, ...task }: Due<Kind>) => {
    const attempts = await autocommit(orm, {}, (em) => lease(em, task, leases[task.kind], before));
    if (attempts === undefined) return;
    try {
      await done(task, `outbox-${task.subject}`);
    } catch (error) {
      log.warn({ err: error, ...task, attempts }, 'a task of the outbox failed and will be repeated');
      // If this fails too, the lease ends by itself.
      await autocommit(orm, {}, (em) =>
        release(em, task, attempts, Math.min(pauseOf(task.kind), 2 ** Math.min(attempts, 10) * 500)),
      ).catch(() => undefined);
    }
  };
  /** @returns the number of due tasks, also of those that another replica was faster to lease */
  const round = async () => {
    try {
      const due = await autocommit(orm, {}, (em) => dueTasks(em, kinds, tasksAtOnce));
      for (const result of await Promise.allSettled(due.map(attempt)))
        if (result.status === 'rejected') throw result.reason;
      return due.length;
    } catch (error) {
      // An unavailable database is logged elsewhere, and the next attempt is soon.
      if (!isPassing(error)) log.warn({ err: error }, 'the outbox cannot be read');
      return 0;
    }
  };

  let closed = false;
  let wake = () => undefined as void;
  const loop = async () => {
    while (!closed) {
      const due = await round();
      if (closed || due === tasksAtOnce) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, poll_ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  return {
    async close() {
      closed = true;
      wake();
      await running;
    },
  };
}

import type { MikroORM } from '@mikro-orm/postgresql';
import { autocommit, isPassing } from '@platform/persistence';
import type { Logger } from '@platform/runtime';
import { type Leased, lease, release, type Task } from './task.sql.js';

const tasksAtOnce = 10;
/** A receiver that came back is not kept waiting. */
const longestPause_ms = 5_000;

export interface RelayOptions {
  readonly orm: MikroORM;
  readonly log: Logger;
  readonly done: (task: Task, correlation_id: string) => Promise<void>;
  readonly lease_ms: number;
  readonly poll_ms: number;
}

/** Looks for tasks that somebody left, and does them. */
export function createRelay({ orm, log, done, lease_ms, poll_ms }: RelayOptions): { close(): Promise<void> } {
  const attempt = async ({ attempts, ...task }: Leased) => {
    try {
      await done(task, `outbox-${task.subject}`);
    } catch (error) {
      log.warn({ err: error, ...task, attempts }, 'a task of the outbox failed and will be repeated');
      // If this fails too, the lease ends by itself.
      await autocommit(orm, {}, (em) => release(em, task, Math.min(longestPause_ms, 2 ** Math.min(attempts, 10) * 500))).catch(() => undefined);
    }
  };
  const round = async () => {
    try {
      const due = await autocommit(orm, {}, (em) => lease(em, lease_ms, tasksAtOnce));
      await Promise.all(due.map(attempt));
      return due.length;
    } catch (error) {
      // A database that is away has its own line, and the next look is soon.
      if (!isPassing(error)) log.warn({ err: error }, 'the outbox cannot be read');
      return 0;
    }
  };

  let closed = false;
  let wake = () => undefined as void;
  const loop = async () => {
    while (!closed) {
      const taken = await round();
      if (closed || taken === tasksAtOnce) continue;
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

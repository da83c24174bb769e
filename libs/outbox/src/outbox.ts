import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { autocommit } from '@platform/persistence';
import type { Logger } from '@platform/runtime';
import { createRelay } from './relay.js';
import { finish, isPending, release, type Task } from './task.sql.js';

/** What a migration creates for it. */
export const outboxTable = `create table outbox (
  bank_id text collate "C" not null,
  subject text collate "C" not null,
  attempts integer not null default 0,
  available_at timestamptz not null,
  primary key (bank_id, subject)
)`;

export interface OutboxOptions {
  readonly orm: MikroORM;
  readonly log: Logger;
  /** Does the task, wherever it was left. It may run again after it succeeded, and twice at a time. */
  readonly deliver: (task: Task, correlation_id: string) => Promise<void>;
  /** How long nobody else takes a task up that somebody is doing. Milliseconds; longer than a delivery takes. */
  readonly lease_ms?: number;
  readonly poll_ms?: number;
}

/**
 * Tasks that are written in the transaction that makes them due, and done at least once: by the process that wrote them,
 * at once, or by any replica after that one died.
 */
export interface Outbox {
  /** Writes the task in the command's transaction. Whoever appends settles it after the commit. */
  append(em: EntityManager, task: Task): Promise<void>;
  /**
   * Does the task now.
   * @returns false when nothing is pending for the subject
   * @throws what the delivery throws: the task stays, and is done as soon as it can be
   */
  settle(task: Task, correlation_id: string): Promise<boolean>;
  close(): Promise<void>;
}

export function createOutbox({ orm, log, deliver, lease_ms = 10_000, poll_ms = 1_000 }: OutboxOptions): Outbox {
  const done = async (task: Task, correlation_id: string) => {
    await deliver(task, correlation_id);
    await autocommit(orm, {}, (em) => finish(em, task));
  };
  const relay = createRelay({ orm, log, done, lease_ms, poll_ms });
  return {
    async append(em, { bank_id, subject }) {
      await em.execute('insert into outbox (bank_id, subject, available_at) values (?, ?, now() + ? * interval \'1 millisecond\')', [bank_id, subject, lease_ms]);
    },
    async settle(task, correlation_id) {
      if (!(await autocommit(orm, {}, (em) => isPending(em, task)))) return false;
      try {
        await done(task, correlation_id);
      } catch (error) {
        // Not in the way of what went wrong: the lease ends by itself.
        await autocommit(orm, {}, (em) => release(em, task, 0)).catch(() => undefined);
        throw error;
      }
      return true;
    },
    close: () => relay.close(),
  };
}

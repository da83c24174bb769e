import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { autocommit } from '@platform/persistence';
import type { Logger } from '@platform/runtime';
import { watchBacklog } from './backlog.js';
import { createRelay } from './relay.js';
import { add, finish, lease, release, type Task } from './task.sql.js';

/** The outbox's table, for a migration. */
export const outboxTable = `create table outbox (
  bank_id text collate "C" not null,
  subject text collate "C" not null,
  kind text collate "C" not null,
  attempts integer not null default 0,
  available_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (bank_id, subject, kind)
)`;

/** How tasks of one kind are done. */
export interface TaskHandler {
  /**
   * Does the task from any state in which it was left. It may run again after it succeeded, and twice at the same time.
   */
  deliver(task: Task, correlation_id: string): Promise<void>;
  /**
   * How long no other process takes a task that is being done: it must be longer than a delivery takes. Milliseconds;
   * 10,000.
   */
  readonly lease_ms?: number;
  /**
   * The longest pause before a failed delivery is tried again, so that a receiver that is back does not wait long.
   * Milliseconds; 5,000.
   */
  readonly pause_ms?: number;
}

export interface OutboxOptions<Kind extends string> {
  /** The name of the service whose outbox it is. */
  readonly service: string;
  readonly orm: MikroORM;
  readonly log: Logger;
  /** By the kind of task. */
  readonly handlers: Readonly<Record<Kind, TaskHandler>>;
  readonly poll_ms?: number;
}

/**
 * A service's tasks. They are written in the transaction that makes them necessary, and done at least once: at once by
 * the process that wrote them, or by any replica after that process died.
 */
export interface Outbox<Kind extends string = string> {
  /** Writes the task in the command's transaction. The caller settles it after the commit. */
  append(em: EntityManager, task: Task<Kind>): Promise<void>;
  /**
   * Does the task now.
   * @returns false when no task of this kind is pending for the subject
   * @throws the delivery's error: the task remains, and is done as soon as possible
   */
  settle(task: Task<Kind>, correlation_id: string): Promise<boolean>;
  close(): Promise<void>;
}

export function createOutbox<Kind extends string>({
  service,
  orm,
  log,
  handlers,
  poll_ms = 1_000,
}: OutboxOptions<Kind>): Outbox<Kind> {
  const leases = Object.fromEntries(
    Object.entries<TaskHandler>(handlers).map(([kind, { lease_ms = 10_000 }]) => [kind, lease_ms]),
  ) as Record<Kind, number>;
  const done = async (task: Task<Kind>, correlation_id: string) => {
    await handlers[task.kind].deliver(task, correlation_id);
    await autocommit(orm, {}, (em) => finish(em, task));
  };
  const relay = createRelay({
    orm,
    log,
    done,
    leases,
    pauseOf: (kind: Kind) => handlers[kind].pause_ms ?? 5_000,
    poll_ms,
  });
  const backlog = watchBacklog(service, orm, Object.keys(handlers));
  return {
    append: (em, task) => add(em, task, leases[task.kind]),
    async settle(task, correlation_id) {
      const attempts = await autocommit(orm, {}, (em) => lease(em, task, leases[task.kind]));
      if (attempts === undefined) return false;
      try {
        await done(task, correlation_id);
      } catch (error) {
        // An error here must not hide the delivery's error: the lease ends by itself.
        await autocommit(orm, {}, (em) => release(em, task, attempts, 0)).catch(() => undefined);
        throw error;
      }
      return true;
    },
    async close() {
      backlog.close();
      await relay.close();
    },
  };
}

import type { EntityManager } from '@mikro-orm/postgresql';

/** Something that must still be done in another service. For each subject there is at most one task of a kind. */
export interface Task<Kind extends string = string> {
  /** The kind of work, which names the handler. */
  readonly kind: Kind;
  readonly bank_id: string;
  /** The id of the record that the task is about. */
  readonly subject: string;
}

/** A task and the number of attempts that began before. */
export type Due<Kind extends string = string> = Task<Kind> & { readonly attempts: number };

const isTask = 'bank_id = ? and subject = ? and kind = ?';
const keyOf = ({ bank_id, subject, kind }: Task): [string, string, string] => [bank_id, subject, kind];

export async function add(em: EntityManager, task: Task, lease_ms: number): Promise<void> {
  await em.execute(
    `
    insert into outbox (bank_id, subject, kind, available_at)
    values (?, ?, ?, now() + ? * interval '1 millisecond')`,
    [...keyOf(task), lease_ms],
  );
}

/** The tasks, of all banks, that no process has leased. Tasks of other kinds are left to replicas that know them. */
export function dueTasks<Kind extends string>(
  em: EntityManager,
  kinds: readonly Kind[],
  limit: number,
): Promise<Due<Kind>[]> {
  return em.execute<Due<Kind>[]>(
    `
    select bank_id, subject, kind, attempts
    from outbox
    where available_at <= now() and kind in (${kinds.map(() => '?').join(', ')})
    order by available_at
    limit ?`,
    [...kinds, limit],
  );
}

/**
 * Leases a pending task: each lease counts an attempt.
 * @param before the attempts of a task that was found due: it is not leased if another process has leased it since
 * @returns the attempts with this one; undefined when it is not leased
 */
export async function lease(
  em: EntityManager,
  task: Task,
  lease_ms: number,
  before: number | null = null,
): Promise<number | undefined> {
  const [leased] = await em.execute<{ attempts: number }[]>(
    `
    update outbox
    set attempts = attempts + 1, available_at = now() + ? * interval '1 millisecond'
    where ${isTask} and attempts = coalesce(?::int, attempts)
    returning attempts`,
    [lease_ms, ...keyOf(task), before],
  );
  return leased?.attempts;
}

export async function finish(em: EntityManager, task: Task): Promise<void> {
  await em.execute(`delete from outbox where ${isTask}`, keyOf(task));
}

/**
 * Lets any replica take the task after `wait_ms`, unless another one has leased it since.
 * @param attempts what this process's lease returned
 */
export async function release(em: EntityManager, task: Task, attempts: number, wait_ms: number): Promise<void> {
  await em.execute(
    `update outbox set available_at = now() + ? * interval '1 millisecond' where ${isTask} and attempts = ?`,
    [wait_ms, ...keyOf(task), attempts],
  );
}

/** The tasks of one kind that are in the outbox. */
export interface Backlog {
  readonly kind: string;
  readonly tasks: number;
  /** Since the oldest one was written. */
  readonly age_seconds: number;
}

export function backlogOf(em: EntityManager): Promise<Backlog[]> {
  return em.execute<Backlog[]>(
    `select kind, count(*)::int as tasks, extract(epoch from now() - min(created_at))::float8 as age_seconds
     from outbox group by kind`,
  );
}

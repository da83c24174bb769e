import type { EntityManager } from '@mikro-orm/postgresql';

/** Something that must still be done in another service. For each subject there is at most one task of a kind. */
export interface Task<Kind extends string = string> {
  /** The kind of work, which names the handler. */
  readonly kind: Kind;
  readonly bank_id: string;
  /** The id of the record that the task is about. */
  readonly subject: string;
}

/** A task and its number of attempts. */
export type Leased<Kind extends string = string> = Task<Kind> & { readonly attempts: number };

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

/**
 * Leases due tasks; replicas that do so at the same moment get different ones.
 * @param leases milliseconds by kind; tasks of other kinds are left to replicas that know them
 */
export function lease<Kind extends string>(
  em: EntityManager,
  leases: Readonly<Record<Kind, number>>,
  limit: number,
): Promise<Leased<Kind>[]> {
  return em.execute<Leased<Kind>[]>(
    `update outbox set attempts = outbox.attempts + 1, available_at = now() + due.lease_ms * interval '1 millisecond'
     from (
       select bank_id, subject, kind, known.value::integer as lease_ms
       from outbox join json_each_text(?) as known (key, value) on kind = known.key
       where available_at <= now() order by available_at limit ? for update of outbox skip locked
     ) as due
     where outbox.bank_id = due.bank_id and outbox.subject = due.subject and outbox.kind = due.kind
     returning outbox.bank_id, outbox.subject, outbox.kind, outbox.attempts`,
    [JSON.stringify(leases), limit],
  );
}

export async function isPending(em: EntityManager, task: Task): Promise<boolean> {
  return (await em.execute(`select from outbox where ${isTask}`, keyOf(task))).length > 0;
}

export async function finish(em: EntityManager, task: Task): Promise<void> {
  await em.execute(`delete from outbox where ${isTask}`, keyOf(task));
}

/** Lets any replica take the task after `wait_ms`. */
export async function release(em: EntityManager, task: Task, wait_ms: number): Promise<void> {
  await em.execute(`update outbox set available_at = now() + ? * interval '1 millisecond' where ${isTask}`, [
    wait_ms,
    ...keyOf(task),
  ]);
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

import type { EntityManager } from '@mikro-orm/postgresql';

/** Something that must still be done elsewhere. There is one per subject at a time. */
export interface Task {
  readonly bank_id: string;
  /** The id of what it is about. */
  readonly subject: string;
}

/** A task and how often it was tried. */
export type Leased = Task & { readonly attempts: number };

/** Takes due tasks up for `lease_ms`; replicas that do so at the same moment take different ones. */
export function lease(em: EntityManager, lease_ms: number, limit: number): Promise<Leased[]> {
  return em.execute<Leased[]>(
    `update outbox set attempts = outbox.attempts + 1, available_at = now() + ? * interval '1 millisecond'
     from (select bank_id, subject from outbox where available_at <= now() order by available_at limit ? for update skip locked) as due
     where outbox.bank_id = due.bank_id and outbox.subject = due.subject
     returning outbox.bank_id, outbox.subject, outbox.attempts`,
    [lease_ms, limit],
  );
}

export async function isPending(em: EntityManager, { bank_id, subject }: Task): Promise<boolean> {
  return (await em.execute('select from outbox where bank_id = ? and subject = ?', [bank_id, subject])).length > 0;
}

export async function finish(em: EntityManager, { bank_id, subject }: Task): Promise<void> {
  await em.execute('delete from outbox where bank_id = ? and subject = ?', [bank_id, subject]);
}

/** Lets anybody take the task up after `wait_ms`. */
export async function release(em: EntityManager, { bank_id, subject }: Task, wait_ms: number): Promise<void> {
  await em.execute(`update outbox set available_at = now() + ? * interval '1 millisecond' where bank_id = ? and subject = ?`, [wait_ms, bank_id, subject]);
}

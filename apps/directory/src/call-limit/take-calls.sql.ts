import type { EntityManager } from '@mikro-orm/postgresql';
import type { Taken } from './call-windows.js';

/** A subject's counts and the database's time in milliseconds. */
export interface CountedRow {
  readonly began: string[];
  readonly calls: string[];
  readonly now: string;
}

export interface LockedCountedRow extends CountedRow {
  readonly is_new: boolean;
}

/** Empty counts when the subject has none. */
export async function countedRow(em: EntityManager, subject: string): Promise<CountedRow> {
  const [row] = await em.execute<CountedRow[]>(
    `select coalesce(began, '{}') as began, coalesce(calls, '{}') as calls, floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now
     from (values (?)) as asked (subject) left join call_count using (subject)`,
    [subject],
  );
  return row as CountedRow;
}

/** Inserts the row unless it exists, and locks it. The time is that at which the row was locked. */
export async function lockedCountedRow(em: EntityManager, subject: string): Promise<LockedCountedRow> {
  const [row] = await em.execute<LockedCountedRow[]>(
    `insert into call_count (subject, began, calls, ends_at) values (?, '{}', '{}', now())
     on conflict (subject) do update set subject = excluded.subject
     returning began, calls, floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now, xmax = 0 as is_new`,
    [subject],
  );
  return row as LockedCountedRow;
}

export async function updateCount(em: EntityManager, subject: string, { counted, ends_at }: Taken): Promise<void> {
  const { began, calls } = counted;
  await em.execute(
    `
    update call_count
    set began = ?::bigint[], calls = ?::bigint[], ends_at = to_timestamp(?::float8 / 1000)
    where subject = ?`,
    [`{${began.join(',')}}`, `{${calls.join(',')}}`, ends_at, subject],
  );
}

/** Some counts whose windows have ended. */
export const deleteEndedCounts = `
  delete from call_count where subject in (
    select subject from call_count where ends_at < now() order by ends_at limit 10 for update skip locked)`;

import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { checkText } from '@platform/failure';
import type { CallLimits, CallWindow, TakeCallsRequest, TakeCallsResponse } from '@platform/messages';
import { autocommit, command } from '@platform/persistence';
import { type Counted, isLimited, take, type Taken } from './call-windows.js';

interface CountedRow {
  readonly began: string[];
  readonly calls: string[];
  readonly now: string;
  readonly is_new: boolean;
}

/**
 * Counts calls of a subject. Concurrent counts of one subject wait for each other and use the database's clock: so no
 * limit is exceeded, whatever the number of replicas.
 */
export async function takeCalls(
  orm: MikroORM,
  { subject, limits, calls }: TakeCallsRequest,
): Promise<TakeCallsResponse> {
  checkText('subject', subject, 300);
  const wanted = Math.max(0, calls);
  if (limits === null || !isLimited(limits)) return { granted: wanted, window: null };
  if (wanted === 0) return { granted: 0, window: await windowOf(orm, subject, limits) };
  return command(orm, {}, async (em) => {
    const row = await lockedRow(em, subject);
    const taken = take(countedOf(row), limits, wanted, Number(row.now));
    await write(em, subject, taken);
    if (row.is_new) await forgetEnded(em);
    return { granted: taken.granted, window: taken.window };
  });
}

/** A subject's remaining calls; the query itself counts and stores nothing. */
async function windowOf(orm: MikroORM, subject: string, limits: CallLimits): Promise<CallWindow> {
  const [row] = await autocommit(orm, {}, (em) =>
    em.execute<Omit<CountedRow, 'is_new'>[]>(
      `select coalesce(began, '{}') as began, coalesce(calls, '{}') as calls, floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now
       from (values (?)) as asked (subject) left join call_count using (subject)`,
      [subject],
    ),
  );
  const { began, calls, now } = row as Omit<CountedRow, 'is_new'>;
  return take(countedOf({ began, calls }), limits, 0, Number(now)).window;
}

/** Returns the time at which the row was locked. */
async function lockedRow(em: EntityManager, subject: string): Promise<CountedRow> {
  const [row] = await em.execute<CountedRow[]>(
    `insert into call_count (subject, began, calls, ends_at) values (?, '{}', '{}', now())
     on conflict (subject) do update set subject = excluded.subject
     returning began, calls, floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now, xmax = 0 as is_new`,
    [subject],
  );
  return row as CountedRow;
}

/** The driver returns bigint as text. */
function countedOf({ began, calls }: Pick<CountedRow, 'began' | 'calls'>): Counted {
  return { began: began.map(Number), calls: calls.map(Number) };
}

async function write(em: EntityManager, subject: string, { counted, ends_at }: Taken): Promise<void> {
  const { began, calls } = counted;
  await em.execute(
    `
    update call_count
    set began = ?::bigint[], calls = ?::bigint[], ends_at = to_timestamp(?::float8 / 1000)
    where subject = ?`,
    [`{${began.join(',')}}`, `{${calls.join(',')}}`, ends_at, subject],
  );
}

/** Each new subject deletes some subjects whose windows have ended: otherwise client addresses would fill the disk. */
async function forgetEnded(em: EntityManager): Promise<void> {
  await em.execute(`
    delete from call_count where subject in (
      select subject from call_count where ends_at < now() order by ends_at limit 10 for update skip locked)`);
}

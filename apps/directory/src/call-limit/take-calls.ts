import type { MikroORM } from '@mikro-orm/postgresql';
import type { CallLimits, CallWindow, TakeCallsRequest, TakeCallsResponse } from '@platform/messages';
import { autocommit, command } from '@platform/persistence';
import { type Counted, isLimited, take } from './call-windows.js';
import { type CountedRow, countedRow, deleteEndedCounts, lockedCountedRow, updateCount } from './take-calls.sql.js';

/**
 * Counts calls of a subject. Concurrent counts of one subject wait for each other and use the database's clock: so no
 * limit is exceeded, whatever the number of replicas.
 */
export async function takeCalls(
  orm: MikroORM,
  { subject, limits, calls }: TakeCallsRequest,
): Promise<TakeCallsResponse> {
  const wanted = Math.max(0, calls);
  if (limits === null || !isLimited(limits)) return { granted: wanted, window: null };
  if (wanted === 0) return { granted: 0, window: await windowOf(orm, subject, limits) };
  return command(orm, {}, async (em) => {
    const row = await lockedCountedRow(em, subject);
    const taken = take(countedOf(row), limits, wanted, Number(row.now));
    await updateCount(em, subject, taken);
    // Each new subject deletes some subjects whose windows have ended: otherwise client addresses would fill the disk.
    if (row.is_new) await em.execute(deleteEndedCounts);
    return { granted: taken.granted, window: taken.window };
  });
}

/** A subject's remaining calls; the query itself counts and stores nothing. */
async function windowOf(orm: MikroORM, subject: string, limits: CallLimits): Promise<CallWindow> {
  const row = await autocommit(orm, {}, (em) => countedRow(em, subject));
  return take(countedOf(row), limits, 0, Number(row.now)).window;
}

/** The driver returns bigint as text. */
function countedOf({ began, calls }: CountedRow): Counted {
  return { began: began.map(Number), calls: calls.map(Number) };
}

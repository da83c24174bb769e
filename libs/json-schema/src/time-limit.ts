import { createContext, Script } from 'node:vm';

/** One context for all work, which is never nested: creating a context takes longer than most work. */
const place: { work?: () => unknown } = {};
const context = createContext(place);
const script = new Script('work()');
/** How many times work is begun when other processes take its time. */
const tries = 4;

/**
 * Runs work that a schema may make endless: a pattern that backtracks without end, or items that are each compared with
 * all others. Node has no regular expressions that are safe by design, but its time limit also stops one that is
 * running. The limit is wall-clock time, so on a busy machine work that got almost no CPU time is begun again.
 * @param work may run several times
 * @returns undefined when the time was not enough
 */
export function withinTime<T>(limit_ms: number, work: () => T): { readonly result: T } | undefined {
  const before = process.cpuUsage();
  for (let time = 0; time < tries && cpuSince(before) < limit_ms; time += 1) {
    const done = runOnce(limit_ms, work);
    if (done !== undefined) return done;
  }
  return undefined;
}

/** CPU time of this process since then, in all its threads. Milliseconds. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function runOnce<T>(limit_ms: number, work: () => T): { readonly result: T } | undefined {
  place.work = work;
  try {
    return { result: script.runInContext(context, { timeout: limit_ms }) as T };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  } finally {
    delete place.work;
  }
}

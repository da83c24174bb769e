import { createContext, Script } from 'node:vm';

/** One for all work, which is never nested: making a context takes longer than most work. */
const place: { work?: () => unknown } = {};
const context = createContext(place);
const script = new Script('work()');
/** How often work begins that another process takes the time of. */
const tries = 4;

/**
 * Runs work that a schema may make endless: a pattern that backtracks without end, items that are compared each with each.
 * Node has no regular expressions that are safe by construction; but its time limit also ends one in the middle. It is by the
 * clock on the wall: on a machine that others keep busy, work that hardly ran is begun again.
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

/** Milliseconds that this process has worked since, in all its threads. */
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

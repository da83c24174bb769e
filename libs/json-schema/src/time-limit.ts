import { createContext, Script } from 'node:vm';

/** One for all work, which is never nested: making a context takes longer than most work. */
const place: { work?: () => unknown } = {};
const context = createContext(place);
const script = new Script('work()');

/**
 * Runs work that a schema may make endless: a pattern that backtracks without end, items that are compared each with each.
 * Node has no regular expressions that are safe by construction; but its time limit also ends one in the middle.
 * @returns undefined when the time was not enough
 */
export function withinTime<T>(limit_ms: number, work: () => T): { readonly result: T } | undefined {
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

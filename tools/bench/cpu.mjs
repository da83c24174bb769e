import { readdirSync, readFileSync } from 'node:fs';

// The unit of /proc/<pid>/stat on every Linux that Node runs on.
const TICKS_PER_SECOND = 100;

/**
 * Reads the CPU seconds that each process has used so far. PostgreSQL counts as one process: its postmaster, its
 * running server processes, and those that have ended.
 * @returns seconds by name, or undefined on systems without /proc
 */
export function readCpu(processes, postmaster) {
  try {
    const used = processes.map(({ name, pid }) => [name, readStat(pid).own]);
    return Object.fromEntries([...used, ['postgres', clusterSeconds(postmaster)]]);
  } catch {
    return undefined;
  }
}

/** The seconds used between two readings, by name. */
export function cpuBetween(before, after) {
  if (!before || !after) return undefined;
  return Object.fromEntries(Object.entries(after).map(([name, seconds]) => [name, seconds - before[name]]));
}

function clusterSeconds(postmaster) {
  const { own, reaped } = readStat(postmaster);
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statIfAlive)
    .filter((stat) => stat?.parent === postmaster);
  return children.reduce((sum, child) => sum + child.own, own + reaped);
}

function statIfAlive(pid) {
  try {
    return readStat(pid);
  } catch {
    return undefined;
  }
}

/** The fields of proc(5) after the name, which may contain spaces and brackets. */
function readStat(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent] = fields;
  const [user, system, reapedUser, reapedSystem] = fields.slice(11, 15);
  return { parent, own: (user + system) / TICKS_PER_SECOND, reaped: (reapedUser + reapedSystem) / TICKS_PER_SECOND };
}

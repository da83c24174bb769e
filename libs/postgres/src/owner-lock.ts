import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive, processIdentity } from './process-identity.js';

interface Owner {
  pid: number;
  identity: string;
}

/**
 * Locks the folder for this process. @throws Error naming the process that has it. The lock of a dead process is taken
 * over.
 */
export function takeLock(path: string, folder: string): { release(): void } {
  const mine = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) } satisfies Owner);
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(path, mine, { flag: 'wx', mode: 0o600 });
      return { release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = liveOwner(path);
    if (owner) throw alreadyRunning(folder, owner);
    rmSync(path, { force: true });
  }
  throw alreadyRunning(folder);
}

/** The process that holds the lock, if it is still alive. */
export function liveOwner(path: string): number | undefined {
  try {
    const { pid, identity } = JSON.parse(readFileSync(path, 'utf8')) as Owner;
    return isAlive(pid) && processIdentity(pid) === identity ? pid : undefined;
  } catch {
    // There is no lock, or a crash left it incomplete.
    return undefined;
  }
}

function alreadyRunning(folder: string, pid?: number): Error {
  const who = pid ? ` (pid ${pid})` : '';
  return new Error(
    `PostgreSQL is already running in ${folder}${who}. Stop that process first, or choose another data folder.`,
  );
}

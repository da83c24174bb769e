import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until no other live process has the lock, then takes it.
 * @returns {Promise<() => void>} a function that releases it
 */
export async function takeLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !tryLock(path);) {
    const pid = holder(path);
    if (pid === undefined) {
      rmSync(path, { recursive: true, force: true });
      continue;
    }
    if (!told) console.log(`waiting for another preparation of this folder${pid ? ` (pid ${pid})` : ''} …`);
    told = true;
    await sleep(200);
  }
  const release = () => rmSync(path, { recursive: true, force: true });
  process.once('exit', release);
  return () => {
    process.removeListener('exit', release);
    release();
  };
}

function tryLock(path) {
  try {
    mkdirSync(path);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
  writeFileSync(join(path, 'pid'), String(process.pid));
  return true;
}

/** The pid of the live holder; 0 while the holder is just taking the lock; undefined for an abandoned lock. */
function holder(path) {
  let pid = 0;
  try {
    pid = Number(readFileSync(join(path, 'pid'), 'utf8'));
  } catch {
    // The lock was created a moment ago, or its creator died between the two calls.
  }
  if (pid === 0)
    return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) < 5000 ? 0 : undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return undefined;
  }
  // In a restarted container the dead holder may have had this process's pid.
  return pid === process.pid ? undefined : pid;
}

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterFolder, lockFile } from './layout.js';
import { liveOwner } from './owner-lock.js';
import { isServerOf } from './process-identity.js';

/**
 * Stops the server that a killed process left behind in this data folder.
 * @returns whether the folder is free now: false while its owner lives.
 */
export async function stopAbandoned(dataDir: string): Promise<boolean> {
  if (liveOwner(lockFile(dataDir)) !== undefined) return false;
  await stopServer(clusterFolder(dataDir));
  return true;
}

/** Stops the server of a cluster folder, if one runs: first by SIGINT, then by stronger signals. */
export async function stopServer(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  const pid = readPid(pidFile);
  if (pid === undefined) return;
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isServerOf(cluster, pid)) break;
    process.kill(pid, signal);
    await goneWithin(cluster, pid, 10_000);
  }
  // PostgreSQL would take any other process with this id for its own server.
  rmSync(pidFile, { force: true });
}

function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function goneWithin(cluster: string, pid: number, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  while (isServerOf(cluster, pid) && Date.now() < end) await sleep(20);
}

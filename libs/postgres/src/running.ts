import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SUPERUSER } from './cluster.js';
import { clusterFolder, lockFile, passwordFile } from './layout.js';
import { liveOwner } from './owner-lock.js';

/**
 * The superuser's connection URL of a database of the server that another process runs on this data folder; undefined if
 * there is no such server.
 */
export function runningPostgres(dataDir: string): ((database: string) => string) | undefined {
  const folder = resolve(dataDir);
  if (liveOwner(lockFile(folder)) === undefined) return undefined;
  try {
    // The fourth line of this file is the port.
    const port = Number(readFileSync(join(clusterFolder(folder), 'postmaster.pid'), 'utf8').split('\n')[3]);
    return urlsOf(port, readFileSync(passwordFile(folder), 'utf8').trim());
  } catch {
    // The server is only starting.
    return undefined;
  }
}

/** The superuser's connection URL of a database of a server on this machine. */
export function urlsOf(port: number, password: string): (database: string) => string {
  return (database) => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stopAbandoned } from '@platform/postgres';

/** The data folder of one test. */
export interface DataFolder {
  readonly path: string;
  /** The process id of the PostgreSQL server in it, if one runs. */
  serverPid(): number | undefined;
  /** Deletes it, after stopping a server that a killed process has left in it. */
  close(): Promise<void>;
}

export function createDataFolder(): DataFolder {
  const path = mkdtempSync(join(tmpdir(), 'platform-process-'));
  const pidFile = join(path, 'postgres/postmaster.pid');
  return {
    path,
    serverPid: () => (existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : undefined),
    async close() {
      await stopAbandoned(path);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

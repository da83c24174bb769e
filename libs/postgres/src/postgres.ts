import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopServer } from './abandoned.js';
import { serverAccount } from './account.js';
import { findBinaries } from './binaries.js';
import { prepareCluster } from './cluster.js';
import { freePort } from './free-port.js';
import { clusterFolder, lockFile } from './layout.js';
import { takeLock } from './owner-lock.js';
import type { Programs } from './program.js';
import { urlsOf } from './running.js';
import { startServer, stopChild } from './server.js';

export interface PostgresOptions {
  /** Created if missing. May contain other things beside PostgreSQL's. */
  dataDir: string;
  /** 0 or absent: a free port between 10000 and 30000. */
  port?: number;
  /** false: faster, and everything may be lost in a power cut. For tests. */
  durable?: boolean;
  /** Receives each line that the server logs. */
  log?: (line: string) => void;
}

export interface Postgres {
  port: number;
  /** The superuser's connection URL of a database; the server listens on 127.0.0.1 only. */
  url(database: string): string;
  /** Resolves with the reason when the server ends without being stopped. */
  readonly died: Promise<string>;
  /** Writes everything and stops the server. */
  close(): Promise<void>;
}

/**
 * Starts a PostgreSQL server on a data folder.
 * @throws Error if another live process runs one there, or if this machine has no build of PostgreSQL.
 */
export async function createPostgres(options: PostgresOptions): Promise<Postgres> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const lock = takeLock(lockFile(dataDir), dataDir);
  try {
    await stopServer(clusterFolder(dataDir));
    const account = serverAccount();
    const programs = { binaries: findBinaries(account), account };
    const password = await prepareCluster(dataDir, programs);
    const { child, port } = await start(programs, dataDir, options);
    return running(child, port, password, lock.release);
  } catch (error) {
    lock.release();
    throw error;
  }
}

// By the time of the start, another process may have taken the free port, or a killed server's memory may not be freed
// yet.
async function start(
  programs: Programs,
  dataDir: string,
  options: PostgresOptions,
): Promise<{ child: ChildProcess; port: number }> {
  const { durable = true, log = () => undefined } = options;
  for (let attempt = 1; ; attempt++) {
    const port = options.port || (await freePort());
    try {
      return { child: await startServer(programs, { cluster: clusterFolder(dataDir), port, durable, log }), port };
    } catch (error) {
      const passing = /Address already in use|still in use/.test(String(error));
      if (!passing || attempt === 5) throw error;
      await sleep(200);
    }
  }
}

function running(child: ChildProcess, port: number, password: string, release: () => void): Postgres {
  const stopAtOnce = (): void => void child.kill('SIGINT');
  process.once('exit', stopAtOnce);
  let stopping = false;
  const died = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => {
      if (!stopping) resolve(signal === null ? `exit code ${code}` : signal);
    }),
  );
  return {
    port,
    url: urlsOf(port, password),
    died,
    async close() {
      stopping = true;
      await stopChild(child);
      process.removeListener('exit', stopAtOnce);
      release();
    },
  };
}

import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgres, stopAbandoned } from '@platform/postgres';
import { workersOf } from './citus.js';
import { ADMIN_URL, RUN_ID, WORKER_URLS } from './run-environment.js';
import { keepServer } from './run-server.js';

/**
 * Starts the PostgreSQL server of a test run, or takes the one that TEST_DATABASE_URL names, or the Citus cluster with
 * the coordinator that CITUS_URL names. Its role must be allowed to create databases; on Citus, to create extensions.
 */
async function startServer(): Promise<void> {
  process.env[RUN_ID] = randomBytes(4).toString('hex');
  const coordinator = process.env.CITUS_URL;
  process.env[WORKER_URLS] = coordinator ? (await workersOf(coordinator)).join(' ') : '';
  const external = coordinator || process.env.TEST_DATABASE_URL;
  process.env[ADMIN_URL] = external || (await startEmbedded());
}

async function startEmbedded(): Promise<string> {
  const parent = join(tmpdir(), `platform-test-postgres-${process.getuid?.() ?? 0}`);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  await sweep(parent);
  const dataDir = mkdtempSync(join(parent, 'run-'));
  const server = await createPostgres({ dataDir, durable: false });
  keepServer({
    async close() {
      await server.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  });
  return server.url('postgres');
}

// Stops the servers that killed runs have left.
async function sweep(parent: string): Promise<void> {
  for (const name of readdirSync(parent)) {
    const dataDir = join(parent, name);
    if (await stopAbandoned(dataDir)) rmSync(dataDir, { recursive: true, force: true });
  }
}

// Jest wants the default export.
export default startServer;

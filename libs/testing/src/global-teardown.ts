import { Client } from 'pg';
import { runEnvironment } from './run-environment.js';
import { closeServer } from './run-server.js';

/** Stops the run's server and deletes its files; on an external server it drops the run's databases. */
async function stopServer(): Promise<void> {
  if (await closeServer()) return;
  const { adminUrl, workerUrls, prefix } = runEnvironment();
  for (const url of [adminUrl, ...workerUrls]) await dropAll(url, prefix);
}

async function dropAll(url: string, prefix: string): Promise<void> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    const { rows } = await admin.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    for (const { datname } of rows)
      await admin.query(`drop database if exists ${admin.escapeIdentifier(datname)} with (force)`);
  } finally {
    await admin.end();
  }
}

// Jest wants the default export.
export default stopServer;

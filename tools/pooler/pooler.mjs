// The persistence library, and the platform, behind PgBouncer in transaction mode, set up as in docs/operations.md.
//   PGBOUNCER   paths of the PgBouncers to try, separated by commas (default: the one that is installed)
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgres } from '@platform/postgres';
import pg from 'pg';
import { run } from '../lib/command.mjs';
import { withPlatform } from '../lib/running-platform.mjs';
import { root } from '../lib/workspace.mjs';
import { lateSettings, refusals, starts, work } from './checks.mjs';
import { startPgBouncer, versionOf } from './pgbouncer.mjs';

// Debian installs it in a folder that is only on root's path.
process.env.PATH += ':/usr/sbin';
const programs = (process.env.PGBOUNCER ?? 'pgbouncer').split(',');
const dataDir = mkdtempSync(join(tmpdir(), 'pooler-'));
const server = await createPostgres({ dataDir, durable: false });
try {
  await query(`alter role all set timezone = 'Asia/Tokyo'`);
  for (const [index, program] of programs.entries()) await check(program, `behind_${index}`);
} finally {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
}

async function check(program, database) {
  const version = versionOf(program);
  const [, minor] = version.split('.').map(Number);
  const unprepared = await startPgBouncer(program, server.url(database), { ignore_startup_parameters: '' });
  const unlimited = await startPgBouncer(
    program,
    server.url(database),
    {},
    `connect_query='set statement_timeout = 0'`,
  );
  const pooler = await startPgBouncer(program, server.url(database), {
    server_login_retry: 1,
    ...(minor < 21 ? {} : { max_prepared_statements: 200 }),
  });
  try {
    const [pooled, direct] = [pooler.url(database), server.url(database)];
    await starts(pooled, direct);
    await work(pooled, minor >= 21);
    await lateSettings(pooled, direct);
    await refusals(unprepared.url(database), unlimited.url(database));
    await operations(pooler.url('postgres'));
  } catch (error) {
    console.error(pooler.said().split('\n').slice(-30).join('\n'));
    throw error;
  } finally {
    await Promise.all([unprepared.close(), unlimited.close(), pooler.close()]);
  }
  console.log(
    `PgBouncer ${version}: starts, commands, inserts and reads, each with what a session needs, and the operations`,
  );
}

/** Runs all published operations on a platform whose databases are behind the pooler. */
async function operations(url) {
  await withPlatform(
    async ({ origin, dataDir, stop }) => {
      const { admin_password, consumer_key } = JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8'));
      run(process.execPath, [join(root, 'tools/openapi/typescript-client.mjs')], {
        PLATFORM_URL: origin,
        ADMIN_USERNAME: 'admin.user',
        ADMIN_PASSWORD: admin_password,
        CONSUMER_KEY: consumer_key,
      });
      await stop();
    },
    { DATABASE_URL: url, ALLOW_CUSTOMER_FIREHOSE: 'true' },
  );
  // The next PgBouncer starts with empty databases.
  for (const name of ['customers', 'attributes', 'links', 'agents', 'directory', 'events'])
    await query(`drop database ${name} with (force)`);
}

async function query(text) {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  await client.query(text);
  await client.end();
}

// The persistence library behind PgBouncer in transaction mode, as docs/operations.md tells to set it up.
//   PGBOUNCER   paths of the PgBouncers to try, separated by commas (default: the one that is installed)
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgres } from '@platform/postgres';
import pg from 'pg';
import { lateSettings, refusal, twoStarts, work } from './checks.mjs';
import { startPgBouncer, versionOf } from './pgbouncer.mjs';

// Debian installs it where only root looks.
process.env.PATH += ':/usr/sbin';
const programs = (process.env.PGBOUNCER ?? 'pgbouncer').split(',');
const dataDir = mkdtempSync(join(tmpdir(), 'pooler-'));
const server = await createPostgres({ dataDir, durable: false });
try {
  await query(`alter system set timezone = 'Asia/Tokyo'`);
  await query('select pg_reload_conf()');
  for (const [index, program] of programs.entries()) await check(program, `behind_${index}`);
} finally {
  await server.close();
  rmSync(dataDir, { recursive: true, force: true });
}

async function check(program, database) {
  const version = versionOf(program);
  const [, minor] = version.split('.').map(Number);
  const careless = await startPgBouncer(program, server.url(database), { ignore_startup_parameters: '' });
  const pooler = await startPgBouncer(program, server.url(database), minor < 21 ? {} : { max_prepared_statements: 200 });
  try {
    const [pooled, direct] = [pooler.url(database), server.url(database)];
    await refusal(careless.url('postgres'));
    await twoStarts(pooled, direct);
    await work(pooled, minor >= 21);
    await lateSettings(pooled, direct);
  } catch (error) {
    console.error(pooler.said().split('\n').slice(-30).join('\n'));
    throw error;
  } finally {
    await Promise.all([careless.close(), pooler.close()]);
  }
  console.log(`PgBouncer ${version}: starts, commands and reads, each with what a session needs`);
}

async function query(text) {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  await client.query(text);
  await client.end();
}

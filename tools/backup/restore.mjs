import { join, resolve } from 'node:path';
import { ensureDatabase } from '@platform/persistence';
import { serverOf, tablesOf } from './contents.mjs';
import { careConnection, openDatabases, withClient } from './databases.mjs';
import { checkFiles, readManifest } from './manifest.mjs';
import { findProgram, libpqEnvironment, runProgram } from './programs.mjs';
import { verify } from './verify.mjs';

/**
 * Restores a backup and verifies it. Everything is checked before anything is changed.
 * @returns {Promise<boolean>} whether the restored data are right
 */
export async function restore(path, replaces) {
  const folder = resolve(path);
  const manifest = readManifest(folder);
  await checkFiles(folder, manifest);
  const databases = await openDatabases({ creates: true });
  try {
    const entries = Object.entries(manifest.databases).map(([name, dump]) => ({
      name,
      dump,
      url: databases.urls[name],
    }));
    const programs = [];
    for (const entry of entries) programs.push(await check(entry, replaces));
    for (const [index, { name, dump, url }] of entries.entries()) {
      const since = Date.now();
      if (replaces) await withClient(url, dropAll);
      await load(programs[index], join(folder, dump.file), url);
      console.log(`${name}: restored in ${((Date.now() - since) / 1000).toFixed(1)} s`);
    }
    return await verify(databases.urls, { manifest, repairs: false });
  } finally {
    await databases.close();
  }
}

/** @returns the program that restores the database. @throws Error if it must not or cannot be restored */
async function check({ name, dump, url }, replaces) {
  await ensureDatabase(careConnection(url));
  return withClient(url, async (client) => {
    const { major, character_type } = await serverOf(client);
    if (major < dump.server_major)
      throw new Error(`${name} comes from PostgreSQL ${dump.server_major}, and this server is older: ${major}`);
    if (character_type !== dump.character_type)
      console.log(`${name}: LC_CTYPE is ${character_type}, and was ${dump.character_type}`);
    const users = await platformSessions(client);
    if (users > 0) throw new Error(`${name} is in use by ${users} sessions: stop the services first`);
    if (!replaces && (await tablesOf(client)).length > 0)
      throw new Error(
        `the database of ${name} has tables: restore into other databases, or add --replace-existing-data`,
      );
    return findProgram('pg_restore', Math.max(major, dump.dumped_by_major));
  });
}

async function platformSessions(client) {
  const { rows } = await client.query(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name <> 'data-care'`,
  );
  return rows[0].count;
}

async function dropAll(client) {
  const { rows } = await client.query(
    `select format('drop schema %I cascade', nspname) as text from pg_namespace
     where nspname <> 'information_schema' and nspname !~ '^pg_'`,
  );
  await client.query(['begin', ...rows.map(({ text }) => text), 'create schema public', 'commit'].join('; '));
}

/** In one transaction, so that nothing remains of a restore that failed. */
async function load(program, path, url) {
  const database = libpqEnvironment(url).PGDATABASE;
  const how = ['--single-transaction', '--no-owner', '--no-privileges', '--no-comments', '--no-password'];
  await runProgram(program, [...how, `--dbname=${database}`, path], url);
  await withClient(url, (client) => client.query('analyze'));
}

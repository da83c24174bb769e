import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../lib/workspace.mjs';
import { countRows, migrationsOf, serverOf } from './contents.mjs';
import { openDatabases, withClient } from './databases.mjs';
import { checksumOf, writeManifest } from './manifest.mjs';
import { takeMoment } from './moment.mjs';
import { findProgram, runProgram } from './programs.mjs';

/** Writes all databases into a new or empty folder. @throws Error; the folder then has no manifest */
export async function backUp(path) {
  const folder = resolve(path);
  refuseFull(folder);
  const databases = await openDatabases({ creates: false });
  try {
    makePrivate(folder);
    const programs = await findPrograms(databases.urls);
    const moment = await takeMoment(databases.urls);
    try {
      console.log(`moment: ${moment.taken_at}, all snapshots within ${moment.window_ms} ms`);
      const dumps = await dumpAll(folder, databases.urls, moment.snapshots, programs);
      const { taken_at, window_ms } = moment;
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      writeManifest(folder, { platform_version: version, taken_at, window_ms, databases: dumps });
    } finally {
      await moment.close();
    }
    console.log(`complete: ${folder}`);
  } finally {
    await databases.close();
  }
}

function refuseFull(folder) {
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
}

function makePrivate(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // What pg_dump creates is readable by its owner only.
  process.umask(0o077);
}

async function findPrograms(urls) {
  const programs = {};
  for (const [name, url] of Object.entries(urls)) {
    const { major } = await withClient(url, serverOf);
    programs[name] = findProgram('pg_dump', major);
  }
  return programs;
}

/** One after the other: the platform needs its database too. */
async function dumpAll(folder, urls, snapshots, programs) {
  /** @type {Record<string, import('./manifest.mjs').Dump>} */
  const dumps = {};
  for (const [name, { client, id }] of Object.entries(snapshots)) {
    const since = Date.now();
    const server = await serverOf(client);
    const file = `${name}.dump`;
    const [tables] = await Promise.all([countRows(client), dump(programs[name], id, join(folder, file), urls[name])]);
    const { size: bytes } = statSync(join(folder, file));
    dumps[name] = {
      file,
      bytes,
      sha256: await checksumOf(join(folder, file)),
      server_major: server.major,
      dumped_by_major: programs[name].major,
      character_type: server.character_type,
      migrations: await migrationsOf(client),
      tables,
    };
    const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
    console.log(`${name}: ${rows} rows, ${bytes} bytes, ${((Date.now() - since) / 1000).toFixed(1)} s`);
  }
  return dumps;
}

/** Owners and rights are those of the role that restores. */
const dump = (program, snapshot, path, url) =>
  runProgram(
    program,
    ['--format=custom', '--no-owner', '--no-privileges', `--snapshot=${snapshot}`, `--file=${path}`, '--no-password'],
    url,
  );

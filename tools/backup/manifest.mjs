import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const NAME = 'manifest.json';
const FORMAT = 1;

/**
 * @typedef {object} Dump
 * @property {string} file @property {number} bytes @property {string} sha256
 * @property {number} server_major @property {number} dumped_by_major @property {string} character_type
 * @property {string[]} migrations @property {Record<string, number>} tables the number of rows
 * @typedef {{format: number, platform_version: string, taken_at: string, window_ms: number, databases: Record<string, Dump>}} Manifest
 */

/** Written last: a folder without it is an interrupted backup. */
export function writeManifest(folder, manifest) {
  writeFileSync(join(folder, NAME), `${JSON.stringify({ format: FORMAT, ...manifest }, null, 2)}\n`, { mode: 0o600 });
}

/** @returns {Manifest} */
export function readManifest(folder) {
  const manifest = JSON.parse(textOf(folder));
  if (manifest.format === FORMAT) return manifest;
  throw new Error(`${folder} was made by another version of this program (format ${manifest.format}, not ${FORMAT})`);
}

function textOf(folder) {
  try {
    return readFileSync(join(folder, NAME), 'utf8');
  } catch {
    throw new Error(`${folder} is not a complete backup: it has no ${NAME} that can be read`);
  }
}

/** @throws Error naming the files that are missing or have changed */
export async function checkFiles(folder, { databases }) {
  const bad = [];
  for (const { file, sha256 } of Object.values(databases))
    if ((await checksumOf(join(folder, file)).catch(() => 'missing')) !== sha256) bad.push(file);
  if (bad.length > 0) throw new Error(`missing or changed since the backup: ${bad.join(', ')} in ${folder}`);
}

export async function checksumOf(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

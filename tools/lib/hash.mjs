import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SKIPPED = new Set(['node_modules', 'dist', 'bundle', '.nx', '.cache']);

/**
 * One hash of the contents and names of files.
 * @param {string} root
 * @param {string[]} paths files or folders below root; missing ones count as empty
 * @param {(path: string) => boolean} wanted
 */
export function hashFiles(root, paths, wanted = () => true) {
  const hash = createHash('sha256');
  for (const path of paths
    .flatMap((one) => listFiles(root, one))
    .filter(wanted)
    .sort()) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function listFiles(root, path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return [path];
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(root, `${path}/${entry.name}`) : [`${path}/${entry.name}`]));
}

export function readStamp(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
}

export function writeStamp(path, hash) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${hash}\n`);
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies'];

/**
 * Whether node_modules already contains exactly what the lock file lists. npm itself records that at the end of a run,
 * so an installation by hand is recognised too.
 */
export function isInstalled(projects) {
  if (!existsSync(join(root, 'node_modules/.package-lock.json')) || !existsSync(join(root, 'node_modules/.bin/nx')))
    return false;
  const wanted = read('package-lock.json').packages;
  const present = read('node_modules/.package-lock.json').packages;
  const complete = Object.entries(wanted).every(([path, entry]) => isPresent(path, entry, present[path]));
  return complete && ['', ...projects].every((folder) => declares(folder, wanted[folder]));
}

function isPresent(path, wanted, present) {
  if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
  if (!present) return Boolean(wanted.optional || wanted.devOptional || wanted.peer);
  return wanted.version === present.version && wanted.resolved === present.resolved;
}

function declares(folder, locked) {
  if (!locked) return false;
  const declared = read(join(folder, 'package.json'));
  return DEPENDENCIES.every((kind) => sameEntries(declared[kind] ?? {}, locked[kind] ?? {}));
}

function sameEntries(one, other) {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

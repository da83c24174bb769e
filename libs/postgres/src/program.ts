import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Account, isReachable } from './account.js';

/** What every PostgreSQL program is started with. */
export interface Programs {
  binaries: string;
  account: Account | undefined;
}

/** Starts a program with `folder` as its working folder, out of reach of the terminal's Ctrl-C. */
export function run({ binaries, account }: Programs, name: string, args: string[], folder: string): ChildProcess {
  return spawn(join(binaries, 'bin', name), args, {
    cwd: folder,
    ...account,
    // Ctrl-C reaches a whole process group; the services must finish before their database goes.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', LC_MESSAGES: 'C', TZ: 'UTC' },
  });
}

/**
 * The working folder's path as the account can use it. Root's folders are often closed to others;
 * the link that Linux keeps to a process's own working folder leads into them all the same.
 */
export function pathInside(folder: string, account: Account | undefined): string {
  if (isReachable(folder, account)) return folder;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new Error(
    `The account that runs PostgreSQL cannot reach ${folder}: choose another data folder, or do not run as root.`,
  );
}

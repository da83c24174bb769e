import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Account, isReachable } from './account.js';

/** What is needed to start a PostgreSQL program. */
export interface Programs {
  binaries: string;
  account: Account | undefined;
}

/** Starts a program in the working folder `folder`, so that the terminal's Ctrl-C does not reach it. */
export function run({ binaries, account }: Programs, name: string, args: string[], folder: string): ChildProcess {
  return spawn(join(binaries, 'bin', name), args, {
    cwd: folder,
    ...account,
    // Ctrl-C reaches a whole process group, but the services must finish before their database stops.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', LC_MESSAGES: 'C', TZ: 'UTC' },
  });
}

/**
 * The path by which the account can use the working folder. Root's folders are often closed to other accounts, but
 * Linux's link to a process's own working folder works all the same.
 */
export function pathInside(folder: string, account: Account | undefined): string {
  if (isReachable(folder, account)) return folder;
  if (process.platform === 'linux') return '/proc/self/cwd';
  throw new Error(
    `The account that runs PostgreSQL cannot reach ${folder}: choose another data folder, or do not run as root.`,
  );
}

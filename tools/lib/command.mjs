import { spawnSync } from 'node:child_process';

/** Runs a command. @throws Error when it fails */
export function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} failed${error === undefined ? '' : `: ${error.message}`}`);
}

/** @throws Error naming the Debian package when the command does not work here */
export function need(command, args, debianPackage) {
  if (spawnSync(command, args, { stdio: 'ignore' }).status === 0) return;
  throw new Error(`${command} is missing, or a part of it: install it (on Debian: apt-get install ${debianPackage})`);
}

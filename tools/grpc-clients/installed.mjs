import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashFiles, readStamp, writeStamp } from '../lib/hash.mjs';
import { root } from '../lib/workspace.mjs';

export const here = dirname(fileURLToPath(import.meta.url));
const cache = join(root, '.cache/grpc-clients');
const GRPCURL = 'v1.9.1';

/** Path of grpcurl, built from its module. Newer ones need a newer Go than Debian 12 has. */
export function grpcurl() {
  const folder = join(cache, `grpcurl-${GRPCURL}`);
  const path = join(folder, 'grpcurl');
  if (existsSync(path)) return path;
  need('go', ['version'], 'golang-go');
  run('go', ['install', `github.com/fullstorydev/grpcurl/cmd/grpcurl@${GRPCURL}`], { GOBIN: folder, GOFLAGS: '-modcacherw' });
  return path;
}

/** Path of a Python that has what requirements.txt names. */
export function python() {
  const folder = join(cache, 'venv');
  const stamp = join(folder, '.installed');
  const wanted = hashFiles(here, ['requirements.txt']);
  const path = join(folder, 'bin/python');
  if (readStamp(stamp) === wanted) return path;
  need('python3', ['-c', 'import ensurepip'], 'python3-venv');
  mkdirSync(cache, { recursive: true });
  run('python3', ['-m', 'venv', '--clear', folder]);
  run(path, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '-r', join(here, 'requirements.txt')]);
  writeStamp(stamp, wanted);
  return path;
}

/** Runs a command. @throws Error when it fails */
export function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { cwd: here, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed${error === undefined ? '' : `: ${error.message}`}`);
}

function need(command, args, debianPackage) {
  if (spawnSync(command, args, { stdio: 'ignore' }).status === 0) return;
  throw new Error(`${command} is missing, or a part of it: install it (on Debian: apt-get install ${debianPackage})`);
}

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../processes/program.js';

/** A built older commit of this repository. */
export interface OlderBuild {
  readonly path: string;
  readonly commit: string;
}

const folder = join(root, '.cache/older');
const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/**
 * Builds a commit in its own folder; an existing build is reused.
 * @param ref any commit; empty: the newest tag before this commit, or else the previous commit
 */
export function buildOlder(ref: string): OlderBuild {
  const commit = git('rev-parse', '--short', `${ref === '' ? newestTag() : ref}^{commit}`);
  const path = join(folder, commit);
  if (!existsSync(join(path, '.cache/build-stamp'))) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
    const files = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 1e9 });
    execFileSync('tar', ['-x', '-C', path], { input: files });
    shareDependencies(path);
    prepare(path);
  }
  return { path, commit };
}

function newestTag(): string {
  const { status, stdout } = spawnSync('git', ['describe', '--tags', '--abbrev=0', 'HEAD^'], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : 'HEAD^';
}

/**
 * With the same versions no second installation is needed: hard links take no disk space, and the links to the
 * workspace's packages are relative, so they point into the older tree.
 */
function shareDependencies(path: string): void {
  const lock = (where: string) => readFileSync(join(where, 'package-lock.json'), 'utf8');
  if (lock(path) !== lock(root)) return;
  for (const modules of ['.', ...workspaces()]
    .map((where) => join(where, 'node_modules'))
    .filter((where) => existsSync(join(root, where)))) {
    mkdirSync(dirname(join(path, modules)), { recursive: true });
    execFileSync('cp', ['-al', join(root, modules), join(path, modules)]);
  }
  // The stamp would be written in place, and being a hard link it would change this checkout's file too.
  rmSync(join(path, 'node_modules/.install-stamp'), { force: true });
}

function workspaces(): string[] {
  return ['apps', 'libs', 'libs/contracts'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(parent, name)),
  );
}

/** Builds it with its own tools, as its users do. */
function prepare(path: string): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/prepare.mjs'], {
    cwd: path,
    encoding: 'utf8',
    timeout: 300_000,
  });
  if (status !== 0) throw new Error(`the older build failed:\n${stdout}\n${stderr}`);
}

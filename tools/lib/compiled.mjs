import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFolders, root } from './workspace.mjs';

/** Names the inputs of the last compilation, and has the time at which it began. */
const RECORD = join(root, '.cache/compiled');
const INPUTS = [
  'proto',
  'buf.yaml',
  'nx.json',
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.build.json',
  'tools/generate',
  'tools/generate.mjs',
];

/**
 * Whether no input is newer than the last compilation. Nx is not asked when there is nothing to do: without its daemon it
 * deletes results that are there and copies them back, while other processes may be reading them.
 */
export function isCompiled() {
  const time_ms = statSync(RECORD, { throwIfNoEntry: false })?.mtimeMs;
  if (time_ms === undefined || !projectFolders().every(isBuilt)) return false;
  const files = inputFiles();
  return (
    files.join('\n') === readFileSync(RECORD, 'utf8') &&
    files.every((path) => statSync(join(root, path)).mtimeMs < time_ms)
  );
}

/** @param {number} began when the compilation began, in ms since 1970 */
export function recordCompiled(began) {
  mkdirSync(dirname(RECORD), { recursive: true });
  writeFileSync(RECORD, inputFiles().join('\n'));
  utimesSync(RECORD, began / 1000, began / 1000);
}

function inputFiles() {
  const ofProjects = projectFolders().flatMap((folder) =>
    ['src', 'package.json', 'tsconfig.json'].map((name) => `${folder}/${name}`),
  );
  return [...INPUTS, ...ofProjects].flatMap(filesOf).sort();
}

function filesOf(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stat) return [];
  if (stat.isFile()) return path.endsWith('.spec.ts') ? [] : [path];
  return readdirSync(join(root, path))
    .filter((name) => name !== 'gen')
    .flatMap((name) => filesOf(`${path}/${name}`));
}

function isBuilt(folder) {
  const has = (path) => existsSync(join(root, folder, path));
  return ['index', 'main'].every((entry) => !has(`src/${entry}.ts`) || has(`dist/${entry}.js`));
}

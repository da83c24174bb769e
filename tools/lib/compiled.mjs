import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectFolders, root } from './workspace.mjs';

/** The inputs of the last compilation, each with its time and size, as they were when it began. */
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
 * Whether the inputs are those of the last compilation. Nx is not asked when there is nothing to do: without its daemon it
 * deletes results that are there and copies them back, while other processes may be reading them.
 * @param {string} inputs of now, as `readInputs` returns them
 */
export function isCompiled(inputs) {
  return existsSync(RECORD) && readFileSync(RECORD, 'utf8') === inputs && projectFolders().every(isBuilt);
}

/** @param {string} inputs those that `readInputs` returned before the compilation */
export function recordCompiled(inputs) {
  mkdirSync(dirname(RECORD), { recursive: true });
  writeFileSync(RECORD, inputs);
}

/** The names, times and sizes of all inputs. */
export function readInputs() {
  const lines = inputFiles().map((path) => {
    const { mtimeMs, size } = statSync(join(root, path));
    return `${path} ${mtimeMs} ${size}`;
  });
  return lines.join('\n');
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

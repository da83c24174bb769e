import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isOfDatabase } from './databases.mjs';
import { hashFiles, readStamp, writeStamp } from './hash.mjs';
import { isInstalled } from './installed.mjs';
import { projectFolders, root } from './workspace.mjs';

const STAMPS = {
  install: 'node_modules/.install-stamp',
  generate: '.cache/generate-stamp',
  build: '.cache/build-stamp',
};
const GENERATED = [
  'libs/contracts/descriptors/src/gen/index.ts',
  'libs/contracts/messages/src/gen/index.ts',
  ...['agents', 'attributes', 'customers', 'directory', 'links'].map((name) => `apps/${name}/src/gen/database.ts`),
];

/** The three steps in their order. `hash` gives the state of a step's inputs, `isThere` whether its results exist. */
export const steps = [
  {
    name: 'install',
    label: 'installing locked dependencies',
    rerun: 'npm ci --include=dev',
    hash: () => hashFiles(root, ['package-lock.json', 'package.json', ...manifests()]),
    isThere: () => existsSync(join(root, 'node_modules/.bin/nx')),
    isDone: () => isInstalled(projectFolders()),
    ...npm('ci', '--include=dev', '--no-audit', '--no-fund'),
  },
  {
    name: 'generate',
    label: 'generating the contract from proto/',
    rerun: 'node tools/generate.mjs',
    hash: () =>
      hashFiles(root, [
        'proto',
        'buf.gen.yaml',
        'buf.yaml',
        'package-lock.json',
        'tools/generate.mjs',
        'tools/lib/contract-index.mjs',
        'tools/lib/contract-tables.mjs',
        'tools/lib/databases.mjs',
      ]) + hashFiles(root, ['apps'], isOfDatabase),
    isThere: () => GENERATED.every((path) => existsSync(join(root, path))),
    command: process.execPath,
    args: ['tools/generate.mjs'],
  },
  {
    name: 'build',
    label: 'building',
    rerun: 'npx tsc -b tsconfig.build.json',
    hash: () =>
      hashFiles(
        root,
        [
          'package-lock.json',
          'package.json',
          'nx.json',
          'tsconfig.base.json',
          'tsconfig.build.json',
          STAMPS.generate,
          ...projectFolders(),
        ],
        isBuildInput,
      ),
    isThere: () => projectFolders().every(isBuilt),
    command: process.execPath,
    // One compiler for all projects: one per project, as `nx run-many -t build` starts them, takes three times as long.
    args: ['node_modules/typescript/bin/tsc', '-b', 'tsconfig.build.json'],
  },
];

/** Whether the step's results exist and were made from the current inputs. */
export function isFresh(step) {
  return step.isThere() && readStamp(stampPath(step)) === step.hash();
}

/** Records the inputs from which the step's results were made. */
export function markFresh(step, hash) {
  writeStamp(stampPath(step), hash);
}

const stampPath = (step) => join(root, STAMPS[step.name]);
const manifests = () => projectFolders().map((folder) => `${folder}/package.json`);

function isBuilt(folder) {
  const has = (path) => existsSync(join(root, folder, path));
  return ['index', 'main'].every((entry) => !has(`src/${entry}.ts`) || has(`dist/${entry}.js`));
}

// Tests are left out, because jest compiles them; the generated code is represented by its small stamp.
function isBuildInput(path) {
  if (path === STAMPS.generate) return true;
  return (
    !path.endsWith('.spec.ts') && !path.includes('/src/gen/') && (path.includes('/src/') || path.endsWith('.json'))
  );
}

/** The npm that started this process, or the one on the path. */
function npm(...args) {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.c?js$/.test(script)) return { command: process.execPath, args: [script, ...args] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args };
}

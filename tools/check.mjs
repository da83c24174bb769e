// `npm run check`: everything that can be checked without running the platform.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCEPTED, accept, compatibility, currency } from './lib/accepted-contract.mjs';
import { buf } from './lib/buf.mjs';
import { inexactVersions } from './lib/exact-versions.mjs';
import { outputOf } from './lib/run-step.mjs';
import { projectFolders, root } from './lib/workspace.mjs';
import { prepare } from './prepare.mjs';

const HELP = `npm run check [-- --accept]

Types, lint, format, the contract's lint, format and compatibility, docs/api, exact versions, targets of all projects, nothing
generated in git.

  --accept   after a deliberate change that breaks clients: makes the contract of now the one to be
             compatible with (${ACCEPTED}), instead of checking
`;

const node =
  (...args) =>
  () =>
    outputOf(process.execPath, args);
const found = (list) => ({ ok: list.length === 0, output: list.join('\n') });

const checks = [
  { name: 'types', run: node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.json') },
  { name: 'types of tools', run: node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.tools.json') },
  {
    name: 'lint',
    run: node(
      'node_modules/eslint/bin/eslint.js',
      '.',
      '--cache',
      '--cache-location',
      '.cache/eslint',
      '--max-warnings',
      '0',
    ),
  },
  {
    name: 'format',
    run: node(
      'node_modules/prettier/bin/prettier.cjs',
      '--check',
      '--cache',
      '--cache-location',
      '.cache/prettier',
      '--log-level',
      'warn',
      '**/*.{ts,mjs}',
    ),
  },
  { name: 'contract lint', run: () => buf('lint') },
  { name: 'contract format', run: () => buf('format', '--diff', '--exit-code') },
  { name: 'contract compatibility', run: () => compatibility() },
  { name: 'accepted contract', run: () => currency() },
  { name: 'docs/api', run: staleDocuments },
  { name: 'nothing generated in git', run: generatedInGit },
  { name: 'file names', run: unknownSuffixes },
  { name: 'targets', run: missingTargets },
  { name: 'exact versions', run: async () => found(inexactVersions(root)) },
];

/** Generated code in git would hide an outdated generator. Outside a git checkout there is nothing to check. */
async function generatedInGit() {
  const { ok, output } = await outputOf('git', ['ls-files', '--', ':(glob)**/gen/**', ':(glob)**/dist/**']);
  return found(ok ? output.split('\n').filter(Boolean) : []);
}

/** What the last part of a file's name may be; each means one thing, which CONTRIBUTING.md says. */
const SUFFIXES = ['rpc', 'sql', 'entity', 'shape', 'spec', 'd'];

async function unknownSuffixes() {
  const { ok, output } = await outputOf('git', ['ls-files', '--', 'apps', 'libs']);
  const files = ok ? output.split('\n').filter((path) => /\/src\/.*\.ts$/.test(path)) : [];
  const unknown = files.filter((path) => {
    const [, suffix] = /\.([^./]+)\.ts$/.exec(path) ?? [];
    return suffix !== undefined && !SUFFIXES.includes(suffix);
  });
  return found(unknown.map((path) => `${path}: no such suffix, see CONTRIBUTING.md`));
}

/** Nx runs only the targets that a project names; their commands are in nx.json. */
async function missingTargets() {
  return found(
    projectFolders().flatMap((folder) => {
      const { targets } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).nx;
      const wanted = [...(existsSync(join(root, folder, 'src')) ? ['build'] : []), 'test', 'lint'];
      return wanted.filter((name) => !targets[name]).map((name) => `${folder}/package.json: no target ${name} in "nx"`);
    }),
  );
}

/** The published documents follow from the contract. */
async function staleDocuments() {
  const { apiDocuments } = await import('./docs.mjs');
  const stale = Object.entries(await apiDocuments()).filter(
    ([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
  );
  return found(stale.map(([path]) => `${path} is not what the contract says: run npm run docs`));
}

async function acceptNow() {
  const { ok, output } = await accept();
  console.log(ok ? `${ACCEPTED} is the contract of now.` : output);
  return ok;
}

async function checkAll() {
  const failed = [];
  for (const { name, run } of checks) {
    const started = Date.now();
    const { ok, output } = await run();
    console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    if (ok) continue;
    failed.push(name);
    console.error(`\n${output.trimEnd()}\n`);
  }
  console.log(
    failed.length === 0
      ? `All ${checks.length} checks passed.`
      : `${failed.length} of ${checks.length} checks failed: ${failed.join(', ')}`,
  );
  return failed.length === 0;
}

if (process.argv.includes('--help')) {
  console.log(HELP);
} else {
  await prepare();
  process.chdir(join(root));
  process.exitCode = (await (process.argv.includes('--accept') ? acceptNow() : checkAll())) ? 0 : 1;
}

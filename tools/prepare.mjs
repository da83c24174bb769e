// Installs what is missing; then Nx generates and builds what is stale. Runs before node_modules exists, so it imports
// nothing but Node's own modules.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCompiled, readInputs, recordCompiled } from './lib/compiled.mjs';
import { isInstalled } from './lib/installed.mjs';
import { takeLock } from './lib/prepare-lock.mjs';
import { runStep } from './lib/run-step.mjs';
import { projectFolders, root } from './lib/workspace.mjs';

const NODE = [20, 19];

/** Makes the checkout ready to run; ends the process if that fails. Nx cannot guard itself before it is installed: a lock does. */
export async function prepare() {
  requireNode();
  const release = await takeLock(join(root, '.cache/prepare.lock'));
  try {
    if (!isInstalled(projectFolders())) await perform(install);
    const inputs = readInputs();
    if (isCompiled(inputs)) return;
    await perform(compile);
    recordCompiled(inputs);
  } finally {
    release();
  }
}

const install = {
  label: 'installing locked dependencies',
  rerun: 'npm ci --include=dev',
  ...npm('ci', '--include=dev', '--no-audit', '--no-fund'),
};
const compile = nx('building', 'compile', 'workspace');

/** A step that Nx does. */
export function nx(label, ...args) {
  return {
    label,
    rerun: `npx nx ${args.join(' ')}`,
    command: process.execPath,
    args: ['node_modules/nx/dist/bin/nx.js', ...args, '--output-style=stream'],
  };
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE[0] || (major === NODE[0] && minor >= NODE[1])) return;
  console.error(
    `Node.js ${NODE.join('.')} or newer is needed; this is ${process.versions.node}. See https://nodejs.org.`,
  );
  process.exit(1);
}

async function perform(step) {
  if (!(await runStep(step))) process.exit(1);
}

/** The npm that started this process, or the one on the path. */
function npm(...args) {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.c?js$/.test(script)) return { command: process.execPath, args: [script, ...args] };
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepare();

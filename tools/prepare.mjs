// Installs, generates and builds what is missing or stale. Runs before node_modules exists, so it
// imports nothing but Node's own modules.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeLock } from './lib/prepare-lock.mjs';
import { runStep } from './lib/run-step.mjs';
import { isFresh, markFresh, steps } from './lib/steps.mjs';
import { root } from './lib/workspace.mjs';

const NODE = [20, 19];

/**
 * Makes the checkout ready to run; ends the process if that fails.
 * @param {{build?: boolean}} options build: false stops before compiling
 */
export async function prepare({ build = true } = {}) {
  requireNode();
  const wanted = steps.filter((step) => build || step.name !== 'build');
  if (wanted.every(isFresh)) return;
  const release = await takeLock(join(root, '.cache/prepare.lock'));
  try {
    const stale = staleSteps(wanted);
    for (const [index, step] of stale.entries()) await perform(step, `[${index + 1}/${stale.length}] ${step.label}`);
  } finally {
    release();
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE[0] || (major === NODE[0] && minor >= NODE[1])) return;
  console.error(
    `Node.js ${NODE.join('.')} or newer is needed; this is ${process.versions.node}. See https://nodejs.org.`,
  );
  process.exit(1);
}

// The results of one step are the inputs of the next, so when anything is stale the build is stale too.
function staleSteps(wanted) {
  const first = wanted.findIndex((step) => !isFresh(step) && !adopt(step));
  return first < 0 ? [] : wanted.slice(first).filter((step) => !isFresh(step) || step.name === 'build');
}

/** Accepts results that were made by hand, where that can be recognised. */
function adopt(step) {
  if (!step.isDone?.()) return false;
  markFresh(step, step.hash());
  return true;
}

async function perform(step, label) {
  if (isFresh(step)) return;
  // Hashed before the step, so that files edited meanwhile count as stale next time.
  const hash = step.hash();
  const ok = await runStep({ ...step, label });
  if (!ok) process.exit(1);
  markFresh(step, hash);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepare();

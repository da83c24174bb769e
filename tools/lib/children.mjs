import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './workspace.mjs';

// Longer than the services take to drain.
const PATIENCE = 30_000;

/**
 * Starts `node apps/<name>/dist/main.js` for each name, in that order; their lines are printed with the name in front.
 */
export function startChildren(names, env) {
  const width = Math.max(...names.map((name) => name.length));
  const children = names.map((name) => startChild(name, env, (line) => console.log(`${name.padEnd(width)} | ${line}`)));
  return {
    /** Waits for the signal or the first child that ends by itself, then stops all, the edge first. */
    async ended(signal) {
      const first = await Promise.race([signal.then(() => undefined), ...children.map((child) => child.exited.then(() => child))]);
      if (first) console.error(`${first.name} ended unexpectedly (${first.reason()}); stopping the others.`);
      for (const child of [...children].reverse()) await child.stop();
      return first !== undefined;
    },
  };
}

function startChild(name, env, print) {
  const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'apps', name, 'dist/main.js')], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not in the terminal's group: Ctrl-C must not stop the services before the gateway has drained.
    detached: process.platform !== 'win32',
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', print);
  const exited = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  // Should this process end early, it leaves no service behind.
  const stopAtOnce = () => child.kill('SIGTERM');
  process.once('exit', stopAtOnce);
  return { name, exited, reason: () => child.signalCode ?? `exit code ${child.exitCode}`, stop: () => stop(child, exited) };
}

async function stop(child, exited) {
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  await exited;
  clearTimeout(impatient);
}

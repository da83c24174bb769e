import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './workspace.mjs';

// Longer than a service needs to drain.
const PATIENCE = 30_000;

/**
 * Starts `node apps/<name>/dist/main.js` for each name, in that order; their lines are printed with the name in front.
 * @param {string[]} names
 * @param {(name: string) => Record<string, string>} envOf
 */
export function startChildren(names, envOf) {
  const width = Math.max(...names.map((name) => name.length));
  const children = names.map((name) =>
    startChild(name, envOf(name), (line) => console.log(`${name.padEnd(width)} | ${line}`)),
  );
  let closing = false;
  const broken = Promise.race(
    children.map(async (child) => {
      await child.exited;
      if (closing) return new Promise(() => undefined);
      throw new Error(`${child.name} ended unexpectedly (${child.reason()}); everything stops.`);
    }),
  );
  broken.catch(() => undefined);
  return {
    /** Rejects when a child ends by itself; never resolves. */
    broken,
    /** Stops all children, the gateway first. */
    async close() {
      closing = true;
      for (const child of [...children].reverse()) await child.stop();
    },
  };
}

function startChild(name, env, print) {
  const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'apps', name, 'dist/main.js')], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not in the terminal's process group: Ctrl-C must not stop the services before the gateway has drained.
    detached: process.platform !== 'win32',
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', print);
  const exited = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  // If this process ends early, it stops its services.
  const stopAtOnce = () => child.kill('SIGTERM');
  process.once('exit', stopAtOnce);
  return {
    name,
    exited,
    reason: () => child.signalCode ?? `exit code ${child.exitCode}`,
    stop: () => stop(child, exited),
  };
}

async function stop(child, exited) {
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  await exited;
  clearTimeout(impatient);
}

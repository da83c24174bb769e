import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../lib/workspace.mjs';

const KEPT_CHARACTERS = 20_000;
const DRAIN_MS = 20_000;
const START_MS = 30_000;

/** Starts a Node process that the terminal's Ctrl-C does not reach; its output is kept in case it fails. */
export function startProcess({ name, args, env }) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (output = (output + chunk).slice(-KEPT_CHARACTERS)));
  const exited = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    name,
    pid: child.pid,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    output: () => output.trimEnd(),
    async close() {
      child.kill('SIGTERM');
      const impatient = setTimeout(kill, DRAIN_MS);
      await exited;
      clearTimeout(impatient);
      process.removeListener('exit', kill);
    },
  };
}

/** Waits until the address answers 200. */
export async function answers(url, processes) {
  for (const end = Date.now() + START_MS; Date.now() < end; await sleep(50)) {
    const ended = processes.find((started) => started.hasEnded());
    if (ended) throw new Error(`${ended.name} ended at its start:\n${ended.output()}`);
    const answer = await fetch(url).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
  }
  throw new Error(
    `${url} is not ready after ${START_MS / 1000} s:\n${processes.map((started) => `--- ${started.name}\n${started.output()}`).join('\n')}`,
  );
}

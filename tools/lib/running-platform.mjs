import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './workspace.mjs';

const READY_WITHIN = 60_000;
const STOPPED_WITHIN = 30_000;

/**
 * Starts what `npm start` runs, on free ports and an empty data folder, and ends it when the work is done.
 * @param {(platform: {origin: string, dataDir: string, banner(): Promise<string>, stop(): Promise<void>}) => Promise<void>} work
 * @param {Record<string, string>} settings
 */
export async function withPlatform(work, settings = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'platform-start-'));
  let started;
  try {
    // Imported only after everything is built.
    const { freePort } = await import('@platform/postgres');
    const port = await freePort();
    started = start({ ...process.env, DATA_DIR: dataDir, PORT: String(port), PUBLIC_URL: '', ...settings });
    const origin = `http://127.0.0.1:${port}`;
    await ready(`${origin}/readyz`, started);
    await work({ origin, dataDir, banner: () => printed(started), stop: () => stop(started) });
  } finally {
    started?.child.kill('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function start(env) {
  // Runs the command of `npm start` without npm, because npm ends by the signal and hides how the platform ended.
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, ...args] = scripts.start.split(' ');
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const started = {
    child,
    output: '',
    exit: new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code))),
  };
  child.stdout.on('data', (chunk) => (started.output += chunk));
  return started;
}

async function ready(url, { child }) {
  const from = Date.now();
  while (Date.now() - from < READY_WITHIN) {
    if (child.exitCode !== null) throw new Error(`the platform ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return console.log(`ready after ${Date.now() - from} ms`);
    await sleep(100);
  }
  throw new Error(`not ready after ${READY_WITHIN} ms`);
}

/** The whole banner; its last line follows the tour. */
async function printed(started) {
  while (!started.output.includes('Ctrl-C')) await sleep(50);
  return started.output;
}

async function stop({ child, exit }) {
  child.kill('SIGINT');
  const result = await Promise.race([exit, sleep(STOPPED_WITHIN, 'nothing', { ref: false })]);
  if (result !== 0) throw new Error(`SIGINT ended the platform with ${result}`);
}

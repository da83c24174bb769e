// Starts the platform as a newcomer does, runs the tour that it prints, stops it by Ctrl-C.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './lib/workspace.mjs';
import { prepare } from './prepare.mjs';

const READY_WITHIN = 60_000;
const STOPPED_WITHIN = 30_000;

await prepare();
const dataDir = mkdtempSync(join(tmpdir(), 'platform-start-'));
let platform;
try {
  const { serviceNames } = await import('@platform/allinone');
  const port = await freePort();
  // The services take any free port, and find each other.
  const anyPorts = Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_PORT`, '0']));
  platform = start({ ...process.env, ...anyPorts, DATA_DIR: dataDir, PORT: port, PUBLIC_URL: '' });
  await ready(`http://127.0.0.1:${port}/readyz`, platform);
  await runTour(tourIn(await printed(platform)));
  await stop(platform);
  console.log('started, toured and stopped');
} finally {
  platform?.child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
}

function start(env) {
  // What `npm start` runs, without npm around it: npm ends by the signal and hides how the platform ended.
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [, ...args] = scripts.start.split(' ');
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const started = { child, output: '', exit: new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code))) };
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

function tourIn(output) {
  const lines = output.split('\n');
  const first = lines.findIndex((line) => line.startsWith('OBP='));
  const end = lines.findIndex((line) => line.startsWith('Ctrl-C'));
  if (first < 0 || end < first) throw new Error(`no tour in:\n${output}`);
  return lines.slice(first, end).join('\n');
}

async function runTour(commands) {
  const shell = spawn('sh', ['-c', commands], { stdio: ['ignore', 'pipe', 'inherit'] });
  let answers = '';
  shell.stdout.on('data', (chunk) => (answers += chunk));
  const code = await new Promise((resolve) => shell.once('close', resolve));
  console.log(answers.trimEnd());
  const [overview, last] = answers.trim().split('\n').slice(-2);
  if (code !== 0 || !overview.includes('"legal_name":"Eveline Tripman"') || last !== 'true') throw new Error('the tour did not end with the customer that it made, and its deletion');
}

async function stop({ child, exit }) {
  child.kill('SIGINT');
  const result = await Promise.race([exit, sleep(STOPPED_WITHIN, 'nothing', { ref: false })]);
  if (result !== 0) throw new Error(`SIGINT ended the platform with ${result}`);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

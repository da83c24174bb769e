import { spawn } from 'node:child_process';
import { root } from './workspace.mjs';

const KEPT = 400_000;

/**
 * Runs a command with one line of progress; its own output is shown only if it fails.
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function runStep({ label, command, args, rerun }) {
  const progress = startProgress(label);
  const { ok, output } = await outputOf(command, args);
  progress.end(ok);
  if (!ok) process.stderr.write(`\n${output.trimEnd()}\n\nFailed: ${label}. To see it again: ${rerun}\n`);
  return ok;
}

/**
 * Runs a command in the repository's folder.
 * @returns {Promise<{ok: boolean, output: string}>} whether it succeeded, and what it printed
 */
export function outputOf(command, args) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk) => (output = (output + chunk).slice(-KEPT));
    const passOn = (signal) => {
      child.kill(signal);
      process.exit(signal === 'SIGINT' ? 130 : 143);
    };
    process.once('SIGINT', passOn).once('SIGTERM', passOn);
    const end = (ok) => {
      process.removeListener('SIGINT', passOn).removeListener('SIGTERM', passOn);
      resolve({ ok, output });
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => {
      output += error.message;
      end(false);
    });
    child.once('close', (code) => end(code === 0));
  });
}

/** A line that counts the seconds on a terminal; otherwise a line every 30 seconds. */
function startProgress(label) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const terminal = process.stdout.isTTY;
  const show = terminal
    ? () => process.stdout.write(`\r${label} … ${seconds()} s`)
    : () => console.log(`  … still working (${seconds()} s)`);
  if (terminal) show();
  else console.log(`${label} …`);
  const timer = setInterval(show, terminal ? 1000 : 30_000);
  return {
    end(ok) {
      clearInterval(timer);
      const result = ok ? `${seconds()} s` : `failed after ${seconds()} s`;
      console.log(terminal ? `\r${label} … ${result}` : `  … ${result}`);
    },
  };
}

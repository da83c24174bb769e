import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { patient, within } from '@platform/testing';

/** This repository's folder. */
export const root = join(__dirname, '../..');
const patience_ms = 15_000;

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGKILL';

/** A running program of the platform, started as its users start it. */
export interface Program {
  readonly pid: number;
  /** Everything that it has printed so far, on standard output and standard error. */
  output(): string;
  /**
   * Waits until it has printed the text. @throws Error when it ends before, or after `idle_ms`, later on a busy machine
   */
  said(text: string | RegExp, idle_ms?: number): Promise<void>;
  signal(signal: Signal): void;
  /** Sends SIGINT to it and to everything it started, as a terminal does; for scripts of `tools/`. */
  interrupt(): void;
  /** Its exit code, or the signal that killed it. */
  ended(idle_ms?: number): Promise<number | string>;
  /** Asks it to end, and kills it when it does not. */
  close(): Promise<void>;
}

/**
 * Starts `node <script>`, a path from the repository's root.
 * @param env its whole environment apart from PATH and HOME: nothing of the test's own settings
 * @param from another folder to start it from
 * @param account the account of the process; this process's own by default
 */
export function startProgram(
  script: string,
  env: Record<string, string> = {},
  args: readonly string[] = [],
  from = root,
  account: { readonly uid?: number; readonly gid?: number } = {},
): Program {
  const child = spawn(process.execPath, [join(from, script), ...args], {
    cwd: from,
    ...account,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Commands that people type get their own process group, as from a shell; a service stays in this one, so that
    // Ctrl-C on the tests ends it.
    detached: script.startsWith('tools/'),
  });
  return follow(child, script);
}

function follow(child: ChildProcess, script: string): Program {
  let output = '';
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')),
  );
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const isThere = (text: string | RegExp) => (typeof text === 'string' ? output.includes(text) : text.test(output));
  const running = () => child.exitCode === null && child.signalCode === null;
  const end = (idle_ms = patience_ms) => within(idle_ms, `${script} to end; it said:\n${output}`, ended);
  return {
    pid: child.pid ?? 0,
    output: () => output,
    async said(text, idle_ms = patience_ms) {
      const limit_ms = patient(idle_ms);
      const stop = Date.now() + limit_ms;
      while (!isThere(text)) {
        if (!running() || Date.now() > stop)
          throw new Error(`${script} did not say ${String(text)} within ${limit_ms} ms, but:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    signal: (signal) => void child.kill(signal),
    interrupt: () => void process.kill(-(child.pid as number), 'SIGINT'),
    ended: end,
    async close() {
      if (!running()) return void (await end());
      child.kill('SIGTERM');
      await end().catch(() => child.kill('SIGKILL'));
      await end();
    },
  };
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Programs, pathInside, run } from './program.js';

export interface ServerOptions {
  cluster: string;
  port: number;
  durable: boolean;
  log: (line: string) => void;
}

/** Starts the server and waits until it takes connections. */
export async function startServer(programs: Programs, options: ServerOptions): Promise<ChildProcess> {
  const folder = pathInside(options.cluster, programs.account);
  const settings = Object.entries(settingsOf(options)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = run(programs, 'postgres', ['-D', folder, ...settings], options.cluster);
  await ready(child, options.log);
  return child;
}

function settingsOf({ port, durable }: ServerOptions): Record<string, string | number> {
  return {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}

function ready(child: ChildProcess, log: (line: string) => void): Promise<void> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      reject(new Error(`PostgreSQL did not start (exit code ${code}):\n${said.join('\n')}`)),
    );
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (said.length < 50) said.push(line);
        log(line);
        if (line.includes('database system is ready to accept connections')) resolve();
      });
    }
  });
}

/** Stops the server in its fast mode: sessions are closed and everything is written. */
export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const impatient = setTimeout(() => child.kill('SIGQUIT'), 10_000);
    child.once('exit', () => {
      clearTimeout(impatient);
      resolve();
    });
    child.kill('SIGINT');
  });
}

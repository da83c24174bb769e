import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@platform/postgres';

const nobody = 65534;
const ignored = 'statement_timeout,lock_timeout,idle_in_transaction_session_timeout,options';

/**
 * Starts a PgBouncer in transaction mode in front of a PostgreSQL on 127.0.0.1.
 * @param {string} program
 * @param {string} server URL of a database; its user and password are those of the clients
 * @param {Record<string, string | number>} settings over those of the recipe
 * @param {string} database more settings of the databases
 */
export async function startPgBouncer(program, server, settings = {}, database = '') {
  const { username, password, port: serverPort } = new URL(server);
  const folder = mkdtempSync(join(tmpdir(), 'pgbouncer-'));
  const port = await freePort();
  const users = join(folder, 'users.txt');
  writeFileSync(users, `"${username}" "${password}"\n`);
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'plain',
    auth_file: users,
    admin_users: username,
    pool_mode: 'transaction',
    ignore_startup_parameters: ignored,
    ...settings,
  };
  const config = join(folder, 'pgbouncer.ini');
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(
    config,
    `[databases]\n* = host=127.0.0.1 port=${serverPort} ${database}\n[pgbouncer]\n${lines.join('\n')}\n`,
  );
  // When started by root, PgBouncer needs an account to switch to. It switches after its start, because its program may
  // be in a folder that other accounts cannot read.
  const account = process.getuid() === 0 ? ['-u', 'nobody'] : [];
  for (const path of account.length > 0 ? [folder, users, config] : []) chownSync(path, nobody, nobody);
  const child = spawn(program, ['-q', ...account, config], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
  const ended = new Promise((resolve) => child.once('close', resolve));
  await Promise.race([listens(port), ended.then(() => Promise.reject(new Error(`PgBouncer ended:\n${said}`)))]);
  return {
    /** The same database, through the pooler. */
    url(database) {
      const url = new URL(server);
      url.port = String(port);
      url.pathname = `/${database}`;
      return url.toString();
    },
    /** Its log output. */
    said: () => said,
    async close() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** "1.18.0". @throws Error when there is none */
export function versionOf(program) {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  const version = /PgBouncer (\S+)/i.exec(stdout ?? '')?.[1];
  if (version === undefined)
    throw new Error(
      'There is no PgBouncer on this machine: install one (on Debian: apt-get install pgbouncer), or name it by PGBOUNCER=/path.',
    );
  return version;
}

async function listens(port) {
  for (const until = Date.now() + 10_000; Date.now() < until; await sleep(50)) {
    const socket = connect(port, '127.0.0.1');
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
  }
  throw new Error('PgBouncer does not listen');
}

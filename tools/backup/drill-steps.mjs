import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { root } from '../lib/workspace.mjs';

const PATIENCE_MS = 30_000;

export async function enough(writes) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) {
    const { kept, deleted } = writes.acknowledged();
    if (kept.length > 10 && deleted.length > 3) return;
  }
  assert.fail('the platform is too slow for this drill');
}

/** Begins a transaction as a deletion does; closing its connection rolls it back. */
export async function beginTask(url, bank_id) {
  const client = await transaction(url);
  await client.query(`insert into outbox (bank_id, subject, kind, available_at) values ($1, 'x', 'x', now())`, [
    bank_id,
  ]);
  return client;
}

export async function lockRecords(url, customer_id) {
  const client = await transaction(url);
  await client.query('select from customer_attribute where customer_id = $1 for update', [customer_id]);
  return client;
}

/** Waits until the backup has connected. */
export async function isAtWork(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) {
    const { rows } = await client.query(`select from pg_stat_activity where application_name = 'data-care'`);
    if (rows.length > 0) return client.end();
  }
  return assert.fail('the backup does not begin');
}

async function transaction(url) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin');
  return client;
}

export async function settled(server) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(100)) {
    const left = [];
    for (const name of ['customers', 'agents', 'directory'])
      left.push(...(await query(server, name, 'select from outbox')));
    if (left.length === 0) return;
  }
  assert.fail('tasks of the outbox are left');
}

export async function count(server, database, table, customer_id) {
  const rows = await query(server, database, `select from ${table} where customer_id = $1`, [customer_id]);
  return rows.length;
}

export async function query(server, database, text, values = []) {
  const client = new pg.Client({ connectionString: server.url(database) });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** Runs `npm run <name>` as its users do. */
export async function tool(name, args, env) {
  const child = spawn(process.execPath, [join(root, `tools/${name}.mjs`), ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, POSTGRES_BIN: process.env.POSTGRES_BIN, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  process.stdout.write(output.replace(/^(?=.)/gm, `${name}: `));
  return { code, output };
}

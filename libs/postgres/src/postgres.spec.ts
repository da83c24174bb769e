import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Postgres, createPostgres } from './postgres.js';
import { stopAbandoned } from './abandoned.js';

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

describe('an embedded PostgreSQL', () => {
  let dataDir = '';
  let postgres: Postgres | undefined;

  async function start(): Promise<Postgres> {
    postgres = await createPostgres({ dataDir, durable: false });
    return postgres;
  }

  // Makes this test's process forget the server, as if it had been killed.
  function pretendOwnerIsDead(): void {
    writeFileSync(join(dataDir, 'postgres.lock'), JSON.stringify({ pid: 2 ** 22 + 1, identity: 'gone' }));
  }

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'postgres-spec-'));
  });

  afterEach(async () => {
    await postgres?.close();
    postgres = undefined;
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('keeps its data over a restart', async () => {
    const first = await start();
    await query(first.url('postgres'), 'create database bank');
    await query(first.url('bank'), 'create table customer as select 42 as number');
    await first.close();

    const second = await start();
    expect(await query(second.url('bank'), 'select number from customer')).toEqual([{ number: 42 }]);
  });

  it('listens on the loopback only, wants the password and hides it', async () => {
    const { url } = await start();
    expect(await query(url('postgres'), 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const withoutPassword = url('postgres').replace(/:[0-9a-f]{48}@/, ':wrong@');
    await expect(query(withoutPassword, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(join(dataDir, 'postgres-password')).mode & 0o777).toBe(0o600);
  });

  it("carries the extensions that the searches need, UTF-8, the C order and every script's letters", async () => {
    const { url } = await start();
    await query(url('postgres'), 'create extension pg_trgm; create extension btree_gin');
    expect(
      await query(
        url('postgres'),
        'select pg_encoding_to_char(encoding) as encoding, datcollate from pg_database where datname = current_database()',
      ),
    ).toEqual([{ encoding: 'UTF8', datcollate: 'C' }]);
    expect(await query(url('postgres'), `select cardinality(show_trgm('Иванов')) > 0 as found`)).toEqual([
      { found: true },
    ]);
  });

  it('refuses a second server on the same folder and goes on serving', async () => {
    const { url } = await start();
    await expect(createPostgres({ dataDir })).rejects.toThrow(`already running in ${dataDir} (pid ${process.pid})`);
    expect(await query(url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('stops the server of a killed owner and takes its folder over with the data', async () => {
    const abandoned = await start();
    await query(abandoned.url('postgres'), 'create table customer as select 42 as number');
    pretendOwnerIsDead();

    const next = await start();
    expect(await query(next.url('postgres'), 'select number from customer')).toEqual([{ number: 42 }]);
    await expect(query(abandoned.url('postgres'), 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('recovers after the server itself was killed', async () => {
    const killed = await start();
    await query(killed.url('postgres'), 'create table customer as select 42 as number');
    await query(killed.url('postgres'), 'checkpoint');
    process.kill(Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
    pretendOwnerIsDead();

    const next = await start();
    expect(await query(next.url('postgres'), 'select number from customer')).toEqual([{ number: 42 }]);
  });

  it('is not misled by another process that has the id of a dead server', async () => {
    await (await start()).close();
    const stranger: ChildProcess = spawn('sleep', ['60']);
    try {
      writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), `${stranger.pid}\n`);
      const next = await start();
      expect(await query(next.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
      expect(stranger.exitCode).toBeNull();
    } finally {
      stranger.kill();
    }
  });

  it('leaves the server of a living owner alone', async () => {
    const { url } = await start();
    expect(await stopAbandoned(dataDir)).toBe(false);
    expect(await query(url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

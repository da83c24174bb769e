import { setTimeout as sleep } from 'node:timers/promises';
import { Migration } from '@mikro-orm/migrations';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createProxy, createTestDatabase, type TestDatabase } from '@platform/testing';
import { Client } from 'pg';
import { keepsStatements, openOrm } from '../src/index.js';

const migrationLock = 7_232_117;

let database: TestDatabase;
let admin: Client;
beforeEach(async () => {
  database = await createTestDatabase('start');
  admin = new Client({ connectionString: database.url });
  await admin.connect();
});
afterEach(async () => {
  await admin.end();
  await database.close();
});

const open = (url: string, said: string[] = [], ...migrations: (new (...args: never[]) => Migration)[]) =>
  openOrm({
    url,
    entities: [],
    migrations: migrations.map((one, index) => ({ name: `${index}`, load: async () => one as never })),
    log: { info: (text: string) => said.push(text) },
  });

describe('a start', () => {
  it('leaves a database that is reached directly as it is', async () => {
    await (await open(database.url)).close(true);
    const { rows } = await admin.query(
      'select from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())',
    );
    expect(rows).toEqual([]);
    expect(await keepsStatements(database.url)).toBe(true);
  });

  it('waits while another migrates, says so, and goes on', async () => {
    await admin.query('begin');
    await admin.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    const said: string[] = [];
    const opening = open(database.url, said);
    await sleep(1_000);
    expect(said).toEqual(['waiting for another process that migrates the database']);
    await admin.query('commit');
    await (await opening).close(true);
  });

  it('does not wait for ever for a server that goes silent meanwhile', async () => {
    await admin.query('begin');
    await admin.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    const proxy = await createProxy(Number(new URL(database.url).port));
    const url = new URL(database.url);
    url.port = String(proxy.port);
    const said: string[] = [];
    const opening = open(url.toString(), said).catch((error: unknown) => error);
    while (said.length === 0) await sleep(20);
    proxy.silence();
    expect(await opening).toMatchObject({ message: 'Query read timeout' });
    await proxy.close();
  });

  it('migrates without limits of time, also where they come from the server', async () => {
    await admin.query(
      `do $$ begin execute format('alter role session_user in database %I set statement_timeout = 100', current_database()); end $$`,
    );
    class Long extends Migration {
      up(): void {
        this.addSql('select pg_sleep(0.5)');
      }
    }
    await (await open(database.url, [], Long)).close(true);
  });

  it('ends with the error of a migration, of which nothing stays', async () => {
    class Wrong extends Migration {
      up(): void {
        this.addSql('create table half (id text)');
        this.addSql('select 1 / 0');
      }
    }
    await expect(open(database.url, [], Wrong)).rejects.toThrow('division by zero');
    const { rows } = await admin.query(`select from pg_tables where tablename = 'half'`);
    expect(rows).toEqual([]);
  });
});

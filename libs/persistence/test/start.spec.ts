import { setTimeout as sleep } from 'node:timers/promises';
import { Migration } from '@mikro-orm/migrations';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createProxy, createTestDatabase, eventually, patient, type TestDatabase } from '@platform/testing';
import { Client } from 'pg';
import { keepsStatements, onlineIndex, openOrm } from '../src/index.js';

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

  it('lets others pass while a migration waits for a lock, and goes on', async () => {
    await admin.query('create table busy (id text)');
    await admin.query('begin; select from busy');
    class Changes extends Migration {
      up(): void {
        this.addSql('alter table busy add column more text');
      }
    }
    const said: string[] = [];
    const opening = open(database.url, said, Changes);
    const other = new Client({ connectionString: database.url });
    await other.connect();
    await eventually(10_000, 'the migration to wait', async () => {
      const { rowCount } = await other.query(`select from pg_locks where not granted and relation = 'busy'::regclass`);
      return rowCount === 1;
    });
    const since = performance.now();
    await other.query('select from busy');
    expect(performance.now() - since).toBeLessThan(patient(1_000));
    await eventually(5_000, 'the migration to give up', () => said.length > 0);
    await admin.query('commit');
    await (await opening).close(true);
    expect(said).toEqual(['the migration 0 waits for locks of other sessions']);
    await other.query('select more from busy');
    await other.end();
  });

  it('repeats a migration of several commits that was interrupted, while the table is in use', async () => {
    await admin.query('create table filled as select n::text as id from generate_series(1, 1000) n');
    let faults = 1;
    class Index extends Migration {
      override isTransactional(): boolean {
        return false;
      }
      up(): void {
        for (const step of onlineIndex('filled_id', 'on filled (id)', true)) this.addSql(step);
        if (faults-- > 0) this.addSql('select 1 / 0');
      }
    }
    await admin.query('begin; insert into filled values (0)');
    const opening = open(database.url, [], Index).catch((error: unknown) => error);
    await sleep(1_000);
    await admin.query('commit');
    expect(await opening).toMatchObject({ message: expect.stringContaining('division by zero') });
    await (await open(database.url, [], Index)).close(true);
    const { rows } = await admin.query(`select indisvalid from pg_index where indexrelid = 'filled_id'::regclass`);
    expect(rows).toEqual([{ indisvalid: true }]);
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

import { defineEntity, type MikroORM, p } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { fail } from '@platform/failure';
import { Failure } from '@platform/messages';
import { createTestDatabase, type TestDatabase } from '@platform/testing';
import { Migration } from '@mikro-orm/migrations';
// eslint-disable-next-line no-restricted-syntax
import { AsyncLocalStorage } from 'node:async_hooks';
import { Client } from 'pg';
import { codeOf, command, connectionOf, ensureDatabase, openOrm, serviceDatabase } from '../src/index.js';

class CreateThing extends Migration {
  override up(): void {
    this.addSql(
      'create table thing (id text primary key, name text constraint thing_name_key unique, size int not null default 0)',
    );
    this.addSql(`insert into thing (id) values ('a'), ('b')`);
  }
}
const thing = defineEntity({
  name: 'Thing',
  properties: { id: p.text().primary(), name: p.text().nullable(), size: p.integer() },
});
const migrations = [{ name: '1-create-thing', load: async () => CreateThing }];
const open = (url: string, pool = 4) => openOrm({ url, entities: [thing], migrations, pool });

let database: TestDatabase;
let orm: MikroORM;
beforeAll(async () => {
  database = await createTestDatabase('command');
  orm = await open(database.url);
});
afterAll(async () => {
  await orm.close(true);
  await database.close();
});

const sizes = async () =>
  Object.fromEntries(
    (
      await orm.em
        .fork()
        .getConnection()
        .execute<{ id: string; size: number }[]>('select id, size from thing order by id')
    ).map(({ id, size }) => [id, size]),
  );

describe('a command', () => {
  it('uses no AsyncLocalStorage, which would slow down every promise on Node 20', async () => {
    const uses = [jest.spyOn(AsyncLocalStorage.prototype, 'run'), jest.spyOn(AsyncLocalStorage.prototype, 'enterWith')];
    await command(orm, {}, async (em) => {
      (await em.findOneOrFail(thing, { id: 'a' })).size = 7;
    });
    expect([uses.map(({ mock }) => mock.calls.length), (await sizes())['a']]).toEqual([[0, 0], 7]);
    uses.forEach((use) => use.mockRestore());
    await orm.em.fork().execute('update thing set size = 0');
  });

  it('is one transaction: all of it or nothing', async () => {
    await expect(
      command(orm, {}, async (em) => {
        await em.execute(`insert into thing (id) values ('c')`);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(Object.keys(await sizes())).toEqual(['a', 'b']);
  });

  it('is silent about a lost connection: the statement and its values belong into no output', async () => {
    const own = await open(database.url, 1);
    const printed = [
      jest.spyOn(console, 'log').mockImplementation(() => undefined),
      jest.spyOn(console, 'error').mockImplementation(() => undefined),
    ];
    try {
      const pid = await command(
        own,
        {},
        async (em) => (await em.execute<{ pid: number }[]>('select pg_backend_pid() as pid'))[0]?.pid,
      );
      await orm.em.fork().execute('select pg_terminate_backend(?, 1000)', [pid]);
      expect(await command(own, {}, async (em) => em.execute('select 1 as one'))).toEqual([{ one: 1 }]);
      expect(printed.flatMap(({ mock }) => mock.calls)).toEqual([]);
    } finally {
      for (const spy of printed) spy.mockRestore();
      await own.close(true);
    }
  });

  it('runs again after a deadlock, until both are through', async () => {
    let runs = 0;
    const both = meeting(2);
    const add = (first: string, second: string) =>
      command(orm, {}, async (em) => {
        runs += 1;
        await em.execute('update thing set size = size + 1 where id = ?', [first]);
        await both();
        await em.execute('update thing set size = size + 1 where id = ?', [second]);
      });
    const before = await sizes();
    await Promise.all([add('a', 'b'), add('b', 'a')]);
    expect(runs).toBeGreaterThan(2);
    expect(await sizes()).toEqual({ a: (before['a'] ?? 0) + 2, b: (before['b'] ?? 0) + 2 });
  });

  it('runs again after a serialization failure', async () => {
    let runs = 0;
    const both = meeting(2);
    const add = () =>
      command(orm, {}, async (em) => {
        runs += 1;
        await em.execute('set transaction isolation level repeatable read');
        const [row] = await em.execute<{ size: number }[]>(`select size from thing where id = 'a'`);
        await both();
        await em.execute(`update thing set size = ? where id = 'a'`, [(row?.size ?? 0) + 1]);
      });
    const before = await sizes();
    await Promise.all([add(), add()]);
    expect(runs).toBeGreaterThan(2);
    expect((await sizes())['a']).toBe((before['a'] ?? 0) + 2);
  });

  it('gives up after five runs', async () => {
    let runs = 0;
    const failing = command(orm, {}, async (em) => {
      runs += 1;
      await em.execute(`do $$ begin raise exception 'no' using errcode = '40001'; end $$`);
    });
    await expect(failing).rejects.toMatchObject({ code: '40001' });
    expect(runs).toBe(5);
  });

  it('says what a taken name means, and only of the constraint that it knows', async () => {
    const unique = { thing_name_key: () => fail(Failure.FAILURE_CUSTOMER_NUMBER_EXISTS) };
    const name = (id: string) =>
      command(orm, unique, async (em) => void (await em.execute('update thing set name = ? where id = ?', ['x', id])));
    const results = await Promise.allSettled([name('a'), name('b')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { failure: Failure.FAILURE_CUSTOMER_NUMBER_EXISTS },
    });
    const again = command(orm, unique, async (em) => void (await em.execute(`insert into thing (id) values ('a')`)));
    expect(codeOf(await again.catch((error: unknown) => error))).toBe('23505');
  });

  it('answers a wait for a lock that takes too long as a timeout', async () => {
    await command(orm, {}, async (holder) => {
      await holder.execute(`select from thing where id = 'a' for update`);
      const waiting = command(
        orm,
        {},
        async (em) => void (await em.execute(`update thing set size = 0 where id = 'a'`)),
      );
      await expect(waiting).rejects.toMatchObject({ failure: Failure.FAILURE_REQUEST_TIMEOUT });
    });
  });

  it('answers a wait for a connection that takes too long as too busy', async () => {
    const narrow = await open(database.url, 1);
    try {
      await command(narrow, {}, async () => {
        await expect(command(narrow, {}, async (em) => void (await em.execute('select 1')))).rejects.toMatchObject({
          failure: Failure.FAILURE_TOO_BUSY,
        });
      });
    } finally {
      await narrow.close(true);
    }
  });

  it.each([`select 'many'::int`, `select '2023-02-30'::timestamptz`, `select U&'\\0000'`])(
    "takes %s for the client's fault",
    async (sql) => {
      await expect(command(orm, {}, async (em) => void (await em.execute(sql)))).rejects.toThrow(
        /OBP-10001|invalid Unicode/,
      );
    },
  );
});

describe('opening a database', () => {
  it('creates it once, whoever asks at the same time', async () => {
    const url = new URL(database.url);
    url.pathname = `${url.pathname}_new`;
    await Promise.all([1, 2, 3].map(() => ensureDatabase(connectionOf(url.toString()))));
    const client = new Client({ connectionString: url.toString() });
    await client.connect();
    await client.end();
    const admin = new Client({ connectionString: database.url });
    await admin.connect();
    await admin.query(`drop database ${admin.escapeIdentifier(url.pathname.slice(1))}`);
    await admin.end();
  });

  it('migrates once, also when replicas start together, each with one connection', async () => {
    const fresh = await createTestDatabase('command-fresh');
    const replicas = await Promise.all([1, 2, 3].map(() => open(fresh.url, 1)));
    const [row] = await (replicas[0] as MikroORM).em
      .fork()
      .getConnection()
      .execute<{ n: number }[]>('select count(*)::int as n from migration');
    expect(row?.n).toBe(1);
    await Promise.all(replicas.map((one) => one.close(true)));
    await fresh.close();
  });

  it('has a database per service on a shared server, unless one is given', () => {
    expect(serviceDatabase(undefined, 'postgresql://u@h:1/postgres?sslmode=require', 'customers')).toBe(
      'postgresql://u@h:1/customers?sslmode=require',
    );
    expect(serviceDatabase('postgresql://own/x', 'postgresql://h/postgres', 'customers')).toBe('postgresql://own/x');
    expect(serviceDatabase(undefined, undefined, 'customers')).toBeUndefined();
  });
});

/** Resolves for the first `count` callers when all of them have arrived; later callers do not wait. */
function meeting(count: number): () => Promise<void> {
  let here = 0;
  let release: () => void = () => undefined;
  const all = new Promise<void>((resolve) => (release = resolve));
  return async () => {
    here += 1;
    if (here >= count) release();
    await all;
  };
}

import { Migration } from '@mikro-orm/migrations';
import { defineEntity, type InferEntity, type MikroORM, p } from '@mikro-orm/postgresql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure } from '@platform/messages';
import { createTestDatabase, patient, type TestDatabase } from '@platform/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import {
  createWriter,
  type Insertion,
  insertionOf,
  openOrm,
  SecondsListType,
  SecondsType,
  type Writer,
  type WriterOptions,
} from '../src/index.js';

class CreateThing extends Migration {
  override up(): void {
    this.addSql(`create table box (id text primary key, color text not null)`);
    this.addSql(`create table thing (
      id text primary key, name text unique, size integer not null constraint no_thirteen check (size <> 13), is_new boolean not null,
      at timestamptz(0), days timestamptz(0)[] not null, box_id text references box on delete cascade
    )`);
    // Records how many rows each statement stored.
    this.addSql('create table statement (number serial primary key, rows int not null)');
    this.addSql(
      `create function note_statement() returns trigger language plpgsql as $$ begin insert into statement (rows) select count(*) from added; return null; end $$`,
    );
    this.addSql(
      'create trigger note after insert on thing referencing new table as added for each statement execute function note_statement()',
    );
    this.addSql('create sequence tries');
    this.addSql(`create function obey() returns trigger language plpgsql as $$ begin
      if new.name like 'sleep %' then perform pg_sleep(substr(new.name, 7)::float); end if;
      if new.name like 'try %' and nextval('tries') < substr(new.name, 5)::int then raise exception 'again' using errcode = '40P01'; end if;
      return new; end $$`);
    this.addSql('create trigger obey before insert on thing for each row execute function obey()');
  }
}

const thing = defineEntity({
  name: 'Thing',
  tableName: 'thing',
  properties: {
    id: p.text().primary(),
    name: p.text().nullable(),
    size: p.integer(),
    is_new: p.boolean(),
    at: p.type(SecondsType).nullable(),
    days: p.type(SecondsListType),
    box_id: p.text().nullable(),
  },
});
type Thing = InferEntity<typeof thing>;
interface BoxedThing extends Thing {
  readonly color: string;
}

let database: TestDatabase;
let admin: Client;
let orm: MikroORM;
let things: Insertion<Thing>;
let boxed: Insertion<BoxedThing>;
beforeAll(async () => {
  database = await createTestDatabase('writer');
  orm = await openOrm({
    url: database.url,
    entities: [thing],
    migrations: [{ name: 'thing', load: async () => CreateThing }],
    pool: 1,
  });
  admin = new Client({ connectionString: database.url });
  await admin.connect();
  things = insertionOf(orm, thing, { unique: ['name'] });
  const text =
    'parent as materialized (select id as box_id, color from box where id in (select box_id from given) order by id for key share)';
  boxed = insertionOf<Thing, BoxedThing>(orm, thing, { parent: { on: ['box_id', 'color'], text: () => text } });
});
const writers: Writer[] = [];
afterEach(async () => {
  await Promise.all(writers.splice(0).map((writer) => writer.close()));
  await admin.query('truncate thing, statement, box');
});
afterAll(async () => {
  await admin.end();
  await orm.close(true);
  await database.close();
});

function open(options?: WriterOptions): Writer {
  const writer = createWriter(database.url, options);
  writers.push(writer);
  return writer;
}

let count = 0;
const make = (fields: Partial<Thing> = {}): Thing => ({
  id: `thing ${(count += 1)}`,
  name: null,
  size: 1,
  is_new: true,
  at: null,
  days: [],
  box_id: null,
  ...fields,
});
const statements = async () =>
  (await admin.query<{ rows: number }>('select rows from statement order by number')).rows.map(({ rows }) => rows);
const stored = async () =>
  (await admin.query<{ id: string }>('select id from thing order by id')).rows.map(({ id }) => id);
const ids = (rows: readonly Thing[]) => rows.map(({ id }) => id).sort();
const insertAll = (writer: Writer, rows: readonly Thing[]) =>
  Promise.allSettled(rows.map((row) => writer.insert(things, row)));
const failure = (which: Failure) => ({ status: 'rejected', reason: expect.objectContaining({ failure: which }) });
const isStored = { status: 'fulfilled', value: 'stored' };
const isTaken = { status: 'fulfilled', value: 'taken' };
const late = failure(Failure.FAILURE_REQUEST_TIMEOUT);
const busy = failure(Failure.FAILURE_TOO_BUSY);
const invalid = failure(Failure.FAILURE_INVALID_JSON_FORMAT);

/** A writer whose only connection is busy for so many seconds, and the row that keeps it busy. */
async function openBusy(
  seconds: number,
  options?: WriterOptions,
): Promise<{ writer: Writer; first: Promise<unknown> }> {
  const writer = open({ connections: 1, ...options });
  await writer.insert(things, make());
  const first = Promise.allSettled([writer.insert(things, make({ name: `sleep ${seconds}` }))]).then(
    ([result]) => result,
  );
  await sleep(100);
  return { writer, first };
}

/** Values that are easily changed on their way. */
const unusual = {
  name: `"{}', \\ NULL ß😀\n`,
  size: -5,
  is_new: false,
  at: '2013-01-21T23:08:00.9Z',
  days: ['2010-01-01T00:00:00Z', '2011-01-01T00:00:00Z'],
};
async function expectUnusual(id: string): Promise<void> {
  const { rows } = await admin.query(
    `select name, size, is_new, at at time zone 'UTC' = '2013-01-21 23:08:00' as at, array_length(days, 1) as days, box_id from thing where id = $1`,
    [id],
  );
  const { name, size, is_new } = unusual;
  expect(rows).toEqual([{ name, size, is_new, at: true, days: 2, box_id: null }]);
}

describe('a writer', () => {
  it.each([true, false])('stores every type as it is, with prepared statements: %s', async (prepares) => {
    const full = make(unusual);
    const writer = open({ prepares });
    expect(await insertAll(writer, [full, make()])).toEqual([isStored, isStored]);
    await expectUnusual(full.id);
    expect(await writer.insert(things, make())).toBe('stored');
  });

  it.each([true, false])(
    'stores a lone row of a distributed table by a statement of its own, prepared: %s',
    async (prepares) => {
      const writer = open({ prepares, distributed: true });
      const alone: Insertion<Thing> = { ...things, text: 'not used' };
      const full = make(unusual);
      expect(await writer.insert(alone, full)).toBe('stored');
      await expectUnusual(full.id);
      expect(await writer.insert(alone, make({ name: full.name }))).toBe('taken');
      await expect(writer.insert(alone, make({ size: 13 }))).rejects.toThrow('no_thirteen');
      expect(await insertAll(writer, [make(), make(), make({ name: full.name })])).toEqual([
        isStored,
        isStored,
        isTaken,
      ]);
      expect(await statements()).toEqual([1, 0, 2]);
    },
  );

  it('puts what waits into one statement, each row with its own result', async () => {
    const writer = open();
    const rows = Array.from({ length: 60 }, (_, n) => make({ name: `name ${n % 50}` }));
    const results = await insertAll(writer, rows);
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(
      results
        .map((result) => (result as PromiseFulfilledResult<string>).value)
        .filter((outcome) => outcome === 'taken'),
    ).toHaveLength(10);
    expect(await stored()).toEqual(
      ids(rows.filter((_, n) => (results[n] as PromiseFulfilledResult<string>).value === 'stored')),
    );
    expect(await statements()).toEqual([50]);
  });

  it('lets those wait together that come while a statement runs, and nobody else', async () => {
    const { writer, first } = await openBusy(0.3);
    await Promise.all(
      Array.from({ length: 300 }, async (_, n) => {
        await sleep(n % 10);
        await writer.insert(things, make());
      }),
    );
    expect(await first).toEqual(isStored);
    expect(await statements()).toEqual([1, 1, 128, 128, 44]);
    expect(await writer.insert(things, make())).toBe('stored');
  });

  it('stores one of equal rows, whichever process they come from and in whatever order', async () => {
    const names = Array.from({ length: 40 }, (_, n) => `equal ${n}`);
    const results = await Promise.all(
      [open(), open(), open({ connections: 1 })].flatMap((writer) =>
        [names, [...names].reverse(), names].map((some) =>
          insertAll(
            writer,
            some.map((name) => make({ name })),
          ),
        ),
      ),
    );
    expect(results.flat().filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(
      results.flat().filter((result) => (result as PromiseFulfilledResult<string>).value === 'stored'),
    ).toHaveLength(40);
    expect(await stored()).toHaveLength(40);
    expect(await insertAll(open(), [make({ name: 'equal 1' })])).toEqual([isTaken]);
  });

  it('tells a row without its parent from others', async () => {
    await admin.query(`insert into box values ('red box', 'red')`);
    const writer = open();
    const insert = (box_id: string, color: string) => writer.insert(boxed, { ...make({ box_id }), color });
    expect(
      await Promise.all([
        insert('red box', 'red'),
        insert('red box', 'blue'),
        insert('no box', 'red'),
        insert('red box', 'red'),
      ]),
    ).toEqual(['stored', 'orphan', 'orphan', 'stored']);
    expect(await statements()).toEqual([2]);
  });

  it('waits for who deletes a parent', async () => {
    await admin.query(`insert into box values ('red box', 'red'), ('green box', 'green')`);
    const writer = open();
    await admin.query(`begin; delete from box where id = 'red box'`);
    const inserting = Promise.all(
      ['red', 'green'].map((color) => writer.insert(boxed, { ...make({ box_id: `${color} box` }), color })),
    );
    expect(await Promise.race([inserting, sleep(200, 'waiting')])).toBe('waiting');
    await admin.query('commit');
    expect(await inserting).toEqual(['orphan', 'stored']);
  });
});

describe('a row that the database refuses', () => {
  it.each<[string, Partial<Thing>, object]>([
    ['a number out of range', { size: 2 ** 31 }, invalid],
    ['a text that is none', { name: 'a\0b' }, invalid],
    ['a date that is none', { at: '2023-02-30T00:00:00Z' }, invalid],
    [
      'a name that no index takes',
      { name: Array.from({ length: 20_000 }, () => Math.random().toString(36)).join('') },
      invalid,
    ],
    ['a check', { size: 13 }, { status: 'rejected', reason: expect.objectContaining({ constraint: 'no_thirteen' }) }],
    [
      'an id that is there',
      { id: 'there' },
      { status: 'rejected', reason: expect.objectContaining({ code: '23505', constraint: 'thing_pkey' }) },
    ],
    [
      'a parent that is not there',
      { box_id: 'none' },
      { status: 'rejected', reason: expect.objectContaining({ code: '23503' }) },
    ],
    ['a value that its type does not know', { days: undefined }, { status: 'rejected', reason: expect.any(TypeError) }],
  ])('fails alone: %s', async (_, fields, error) => {
    const writer = open();
    await writer.insert(things, make({ id: 'there' }));
    const rows = [make({ name: 'a' }), make(fields), make({ name: 'b' }), make({ name: 'a' })];
    expect(await insertAll(writer, rows)).toEqual([isStored, error, isStored, isTaken]);
    expect(await stored()).toEqual(['there', rows[0]?.id, rows[2]?.id].sort());
    expect(await insertAll(writer, [make(fields), make()])).toEqual([error, isStored]);
  });

  it('fails alone when what it waits for takes too long', async () => {
    const writer = open();
    await admin.query(`begin; insert into thing values ('mine', 'held', 1, true, null, '{}', null)`);
    const results = await insertAll(writer, [make({ name: 'a' }), make({ name: 'held' }), make({ name: 'z' })]);
    await admin.query('rollback');
    expect(results).toEqual([isStored, late, isStored]);
  });
});

describe('a statement', () => {
  it('runs again after a deadlock, and gives up after five times', async () => {
    const writer = open();
    await admin.query('alter sequence tries restart');
    expect(await insertAll(writer, [make(), make({ name: 'try 5' }), make()])).toEqual([isStored, isStored, isStored]);
    expect(await statements()).toEqual([3]);
    await admin.query('alter sequence tries restart');
    expect(await insertAll(writer, [make({ name: 'try 6' })])).toEqual([
      { status: 'rejected', reason: expect.objectContaining({ code: '40P01' }) },
    ]);
  });

  it('is lost with its connection: its rows fail, are not repeated, and those behind it are stored', async () => {
    const { writer, first } = await openBusy(1);
    const inside = first;
    const behind = insertAll(writer, [make({ name: 'behind' }), make()]);
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%insert into thing%' and state = 'active' and pid <> pg_backend_pid()`,
    );
    expect(await inside).toEqual(late);
    expect(await behind).toEqual([isStored, isStored]);
    await sleep(1_200);
    expect(await statements()).toEqual([1, 2]);
  });

  it('that takes too long fails with all its rows', async () => {
    const writer = open();
    await writer.insert(things, make());
    expect(await insertAll(writer, [make({ name: 'a' }), make({ name: 'sleep 6' })])).toEqual([late, late]);
    expect(await insertAll(writer, [make({ name: 'a' })])).toEqual([isStored]);
  });
});

describe('the queue of a writer', () => {
  it('has an end: one row more is refused at once', async () => {
    const { writer, first } = await openBusy(0.5, { waiting: 3 });
    const waiting = insertAll(writer, [make(), make(), make()]);
    const began = Date.now();
    expect(await insertAll(writer, [make()])).toEqual([busy]);
    expect(Date.now() - began).toBeLessThan(patient(300));
    expect([await first, ...(await waiting)]).toEqual([isStored, isStored, isStored, isStored]);
    expect(await insertAll(writer, [make()])).toEqual([isStored]);
  });

  it('refuses who has waited as long as for any connection', async () => {
    const { writer, first } = await openBusy(3.8);
    const early = insertAll(writer, [make({ name: 'early' }), make()]);
    await sleep(1_000);
    const later = insertAll(writer, [make({ name: 'later' })]);
    const began = Date.now();
    expect(await early).toEqual([busy, busy]);
    expect(Date.now() - began).toBeLessThan(patient(2_500));
    expect([await first, ...(await later)]).toEqual([isStored, isStored]);
    expect(await statements()).toEqual([1, 1, 1]);
  });

  it('drops the row of a caller who has gone', async () => {
    const { writer, first } = await openBusy(0.3);
    const [gone, there] = [new AbortController(), new AbortController()];
    const results = Promise.allSettled([gone, there].map(({ signal }) => writer.insert(things, make(), () => signal)));
    gone.abort();
    expect(await results).toEqual([late, isStored]);
    expect(await first).toEqual(isStored);
    expect(await statements()).toEqual([1, 1, 1]);
  });

  it('empties before the writer closes, and takes nothing more', async () => {
    const { writer, first } = await openBusy(0.3);
    const waiting = insertAll(
      writer,
      Array.from({ length: 200 }, () => make()),
    );
    const closing = writer.close();
    expect(await insertAll(writer, [make()])).toEqual([late]);
    await closing;
    expect(await statements()).toEqual([1, 1, 128, 72]);
    expect(
      [await first, ...(await waiting)].every(
        (result) => (result as PromiseSettledResult<unknown>).status === 'fulfilled',
      ),
    ).toBe(true);
  });

  it('is told at once, all of it, that the database is away', async () => {
    const away = createWriter('postgresql://u:p@127.0.0.1:1/none');
    const began = Date.now();
    expect(
      await insertAll(
        away,
        Array.from({ length: 300 }, () => make()),
      ),
    ).toEqual(Array(300).fill(late));
    expect(Date.now() - began).toBeLessThan(patient(1_000));
    await away.close();
  });
});

import { defineEntity, type MikroORM, p } from '@mikro-orm/postgresql';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Failure } from '@platform/messages';
import { createProxy, createTestDatabase, eventually, patient, type Proxy, type TestDatabase } from '@platform/testing';
import { Client } from 'pg';
import {
  autocommit,
  command,
  createProbe,
  createReader,
  createWriter,
  insertionOf,
  openOrm,
  type Reader,
  type Writer,
} from '../src/index.js';

const thing = defineEntity({ name: 'Thing', properties: { id: p.text().primary() } });
const one = { name: 'one', text: 'select 1 as n', values: [] };

let database: TestDatabase;
let admin: Client;
beforeAll(async () => {
  database = await createTestDatabase('unavailable');
  admin = new Client({ connectionString: database.url });
  await admin.connect();
  await admin.query('create table thing (id text primary key)');
});
afterAll(async () => {
  await admin.end();
  await database.close();
});

/** A database behind its own proxy, with one connection for commands, one for inserts and one for each way to read. */
interface World {
  proxy: Proxy;
  readonly url: string;
  readonly orm: MikroORM;
  readonly reader: Reader;
  readonly writer: Writer;
}

const worlds: World[] = [];
async function createWorld(connections = 1): Promise<World> {
  const url = new URL(database.url);
  const proxy = await createProxy(Number(url.port));
  url.port = String(proxy.port);
  const world = {
    proxy,
    url: url.toString(),
    orm: await openOrm({ url: url.toString(), entities: [thing], migrations: [], pool: connections }),
    reader: createReader(url.toString(), connections),
    writer: createWriter(url.toString(), { connections }),
  };
  worlds.push(world);
  return world;
}
afterEach(async () => {
  for (const { proxy } of worlds) await proxy.close();
  await Promise.all(
    worlds.splice(0).map(async ({ orm, reader, writer }) => {
      await reader.close();
      await writer.close();
      await orm.close(true);
    }),
  );
});

let count = 0;
const newId = () => `thing ${(count += 1)}`;
/** Every way to use a database. */
const uses: Readonly<Record<string, (world: World) => Promise<unknown>>> = {
  'a short read': ({ reader }) => reader.rows(one),
  'a long read': ({ reader }) => reader.page(one),
  'a command': ({ orm }) => command(orm, {}, (em) => em.execute('insert into thing (id) values (?)', [newId()])),
  'a command that loads': ({ orm }) => command(orm, {}, (em) => em.findOne(thing, { id: 'none' })),
  'a command that flushes': ({ orm }) =>
    command(orm, {}, async (em) => void em.persist(em.create(thing, { id: newId() }))),
  'a command of one statement': ({ orm }) =>
    autocommit(orm, {}, (em) => em.execute('insert into thing (id) values (?)', [newId()])),
  'a row for the writer': ({ orm, writer }) => writer.insert(insertionOf(orm, thing), { id: newId() }),
  'an insert by itself': ({ orm }) => autocommit(orm, {}, (em) => em.insert(thing, { id: newId() })),
};
const kinds = Object.entries(uses);
const ofCommands = kinds.filter(([name]) => name.includes('command') || name.includes('insert'));
const unavailable = { failure: Failure.FAILURE_REQUEST_TIMEOUT };

async function timed(work: Promise<unknown>): Promise<{ ms: number; error: unknown }> {
  const started = Date.now();
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { ms: Date.now() - started, error };
}

describe.each(kinds)('%s', (_, use) => {
  it('says at once that the database cannot be reached, and works again when it can', async () => {
    const world = await createWorld();
    await use(world);
    const { port } = world.proxy;
    await world.proxy.close();
    await sleep(50);
    for (let call = 0; call < 2; call += 1) {
      const { ms, error } = await timed(use(world));
      expect(error).toMatchObject(unavailable);
      expect(ms).toBeLessThan(patient(1_000));
    }
    world.proxy = await createProxy(Number(new URL(database.url).port), port);
    await use(world);
  });

  it('says so when its session is ended under it', async () => {
    const world = await createWorld();
    await use(world);
    const ended = admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'customer-platform'`,
    );
    const { error } = await timed(use(world));
    await ended;
    if (error !== undefined) expect(error).toMatchObject(unavailable);
    await sleep(50);
    expect((await timed(use(world))).error).toBeUndefined();
  });
});

it('waits no longer for a connection that went silent than a caller does, and the next use is fine', async () => {
  await Promise.all(
    kinds.map(async ([name, use]) => {
      const world = await createWorld();
      await use(world);
      world.proxy.silence();
      const { ms, error } = await timed(use(world));
      expect([name, error]).toEqual([name, expect.objectContaining(unavailable)]);
      expect(ms).toBeLessThan(patient(6_000));
      expect([name, (await timed(use(world))).error]).toEqual([name, undefined]);
    }),
  );
}, 20_000);

it('makes one caller wait when all connections went silent, not one for each connection', async () => {
  await Promise.all(
    kinds.map(async ([name, use]) => {
      const world = await createWorld(3);
      const pause = { text: 'select pg_sleep(0.2)', values: [] };
      // Opens three connections of each kind, and uses them.
      await Promise.all(
        [1, 2, 3].map(() =>
          Promise.all([use(world), world.reader.page(pause), command(world.orm, {}, (em) => em.execute(pause.text))]),
        ),
      );
      world.proxy.silence();
      expect((await timed(use(world))).error).toMatchObject(unavailable);
      for (let call = 0; call < 6; call += 1) {
        const { ms, error } = await timed(use(world));
        expect([name, error]).toEqual([name, undefined]);
        expect(ms).toBeLessThan(patient(1_000));
      }
    }),
  );
}, 20_000);

it('makes nobody wait who uses the database another way, once one has found it out', async () => {
  const world = await createWorld();
  for (const [, use] of kinds) await use(world);
  world.proxy.silence();
  expect((await timed(world.reader.rows(one))).error).toMatchObject(unavailable);
  for (const [name, use] of kinds) {
    const { ms, error } = await timed(use(world));
    expect([name, error]).toEqual([name, undefined]);
    expect(ms).toBeLessThan(patient(1_000));
  }
}, 20_000);

it('makes nobody wait at all who comes after a probe has found it out', async () => {
  const world = await createWorld();
  for (const [, use] of kinds) await use(world);
  let found = false;
  const probe = createProbe({
    url: world.url,
    log: { warn: () => undefined, info: () => (found = true) },
    changed: () => undefined,
  });
  const asked = `select from pg_stat_activity where datname = current_database() and application_name = 'customer-platform-probe' and state = 'idle'`;
  await eventually(2_000, 'the probe', async () => (await admin.query(asked)).rowCount === 1);
  world.proxy.silence();
  await eventually(2_600, 'the probe to find it out', () => found);
  for (const [name, use] of kinds) {
    const { ms, error } = await timed(use(world));
    expect([name, error]).toEqual([name, undefined]);
    expect(ms).toBeLessThan(patient(1_000));
  }
  await probe.close();
}, 20_000);

it('answers what came shortly before a silence was known, by other connections', async () => {
  const { proxy, reader } = await createWorld(2);
  await Promise.all([1, 2].map(() => reader.rows(one)));
  proxy.silence();
  const first = timed(reader.rows(one));
  await sleep(3_000);
  const { ms, error } = await timed(reader.rows(one));
  expect(error).toBeUndefined();
  expect(ms).toBeLessThan(patient(3_000));
  expect((await first).error).toMatchObject(unavailable);
}, 20_000);

it('is one command too many with a full pool, whatever the command', async () => {
  await Promise.all(
    ofCommands.map(async ([name, use]) => {
      const world = await createWorld();
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      const holder = command(world.orm, {}, async (em) => {
        await em.execute('select 1');
        await held;
      });
      await sleep(50);
      expect([name, (await timed(use(world))).error]).toEqual([
        name,
        expect.objectContaining({ failure: Failure.FAILURE_TOO_BUSY }),
      ]);
      release();
      await holder;
      expect([name, (await timed(use(world))).error]).toEqual([name, undefined]);
    }),
  );
}, 20_000);

describe('reads that share a connection', () => {
  let reader: Reader;
  beforeEach(async () => {
    ({ reader } = await createWorld());
  });
  const byId = (value: unknown) => ({ name: 'by-id', text: 'select id from thing where id = $1', values: [value] });

  it.each([1_900, 5_000])(
    'are late or answered, and nothing else, when a table is locked at the first use of their statement and for %i ms',
    async (locked_ms) => {
      const locker = new Client({ connectionString: database.url });
      await locker.connect();
      await locker.query('begin; lock table thing in access exclusive mode');
      const reads = Array.from({ length: 6 }, () => timed(reader.rows(byId('none'))));
      await sleep(locked_ms);
      await locker.query('rollback');
      await locker.end();
      for (const { error } of await Promise.all(reads))
        if (error !== undefined) expect(error).toMatchObject(unavailable);
      expect(await reader.rows(byId('none'))).toEqual([]);
    },
    20_000,
  );

  it.each(['rows', 'page'] as const)('go on after a column changed its type: %s', async (how) => {
    await admin.query('create table changing as select 1::int as n');
    const all = { name: 'changing', text: 'select * from changing', values: [] };
    expect(await reader[how](all)).toEqual([{ n: 1 }]);
    await admin.query('alter table changing alter column n type text');
    expect(await Promise.all([reader[how](all), reader[how](all)])).toEqual([[{ n: '1' }], [{ n: '1' }]]);
    await admin.query('drop table changing');
  });

  it('do not suffer from a value that cannot be sent', async () => {
    const unsendable = {
      toJSON: () => {
        throw new TypeError('no JSON');
      },
    };
    const reads = ['a', unsendable, 'b', unsendable, unsendable, 'c'].map((value) => timed(reader.rows(byId(value))));
    const errors = (await Promise.all(reads)).map(({ error }) => error);
    const fault = expect.any(TypeError);
    expect(errors).toEqual([undefined, fault, undefined, fault, fault, undefined]);
    expect((await timed(reader.rows(byId('c')))).error).toBeUndefined();
  });
});

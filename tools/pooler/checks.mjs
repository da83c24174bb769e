// Checks what the persistence library guarantees for a database behind PgBouncer, and for a server with another time
// zone.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Migration } from '@mikro-orm/migrations';
import { defineEntity, p } from '@mikro-orm/postgresql';
import {
  command,
  createReader,
  createWriter,
  insertionOf,
  keepsStatements,
  openOrm,
  SecondsType,
  whenReachable,
} from '@platform/persistence';
import pg from 'pg';

const moment = '2013-01-21T23:08:00Z';
const needed = {
  statement_timeout: '4s',
  lock_timeout: '1500ms',
  idle_in_transaction_session_timeout: '5s',
  TimeZone: 'UTC',
  random_page_cost: '1.1',
};
const asked = {
  text: `select ${Object.keys(needed)
    .map((name) => `current_setting('${name}') as "${name}"`)
    .join(', ')}`,
  values: [],
};

class CreateThing extends Migration {
  up() {
    this.addSql('create table thing (id text primary key, at timestamptz(0) not null)');
  }
}
/** A migration that takes longer than any query may. */
class FillThing extends Migration {
  up() {
    this.addSql('select pg_sleep(5)');
    this.addSql(`insert into thing values ('a', '${moment}')`);
  }
}
const migrations = [
  { name: '1-create-thing', load: async () => CreateThing },
  { name: '2-fill-thing', load: async () => FillThing },
];
const thing = defineEntity({
  name: 'Thing',
  tableName: 'thing',
  properties: { id: p.text().primary(), at: p.type(SecondsType) },
});
const open = (url, log) => openOrm({ url, entities: [thing], migrations, pool: 4, log });

/** Starts: the first creates the database, then two migrate it at the same time, then two have nothing to do. */
export async function starts(pooled, direct) {
  // PgBouncer does not at once look again for a database that was missing.
  const first = await whenReachable({ warn: () => undefined }, () =>
    openOrm({ url: pooled, entities: [], migrations: migrations.slice(0, 1) }),
  );
  await first.close(true);
  const said = [];
  const started = Date.now();
  const both = await Promise.all([1, 2].map(() => open(pooled, { info: (text) => said.push(text) })));
  assert.ok(Date.now() - started > 5_000, 'the migration took its time');
  assert.ok(said.includes('waiting for another process that migrates the database'));
  assert.deepEqual(await rows(direct, 'select count(*)::int as n from thing'), [{ n: 1 }]);
  const again = await Promise.all([1, 2].map(() => open(pooled)));
  assert.deepEqual(await rows(direct, `select count(*)::int as n from pg_locks where locktype = 'advisory'`), [
    { n: 0 },
  ]);
  for (const orm of [...both, ...again]) await orm.close(true);
}

/**
 * Many concurrent reads, commands and inserts on few sessions: each gives the same result as alone, with the settings
 * it needs.
 */
export async function work(pooled, prepares) {
  assert.equal(await keepsStatements(pooled), prepares);
  // Without information about the pooler, a reader finds out at each read.
  for (const told of new Set([prepares, true])) {
    const [orm, reader, other] = [
      await open(pooled),
      createReader(pooled, 2, { prepares: told }),
      createReader(pooled, 2, { prepares: told }),
    ];
    const settings = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 3 === 0
          ? reader.page(asked)
          : index % 3 === 1
            ? reader.rows(asked)
            : command(orm, {}, (em) => em.execute(asked.text)),
      ),
    );
    for (const [found] of settings) assert.deepEqual(found, needed);
    const query = { name: 'thing', text: 'select id, at, array[at] as all from thing where id = $1', values: ['a'] };
    // As two versions of a service would, it uses one name for two texts.
    const older = { ...query, text: 'select at as id from thing where id = $1' };
    for (let turn = 0; turn < 20; turn += 1) {
      const reads = [
        reader.rows(query),
        other.rows(older),
        reader.page(query),
        other.page(older),
        other.rows(query),
        reader.rows(older),
      ];
      const [a, b] = [[{ id: 'a', at: moment, all: [moment] }], [{ id: moment }]];
      assert.deepEqual(await Promise.all(reads), [a, b, a, b, a, b]);
    }
    await command(orm, {}, async (em) => em.execute('insert into thing values (?, ?)', [`new ${told}`, moment]));
    assert.deepEqual(await reader.rows({ ...query, values: [`new ${told}`] }), [
      { id: `new ${told}`, at: moment, all: [moment] },
    ]);
    await inserts(pooled, orm, reader, told);
    await assert.rejects(reader.page({ text: 'select pg_sleep(20)', values: [] }), { name: 'ObpFailure' });
    await Promise.all([reader.close(), other.close(), orm.close(true)]);
  }
}

/** Inserts by two writers that store the same rows at the same time, while reads use named statements too. */
async function inserts(pooled, orm, reader, told) {
  const writers = [createWriter(pooled, { prepares: told }), createWriter(pooled, { prepares: told })];
  const insertion = /** @type {any} */ (insertionOf(orm, thing, { unique: ['id'] }));
  for (let turn = 0; turn < 20; turn += 1) {
    const ids = Array.from({ length: 20 }, (_, index) => `${told} ${turn} ${index}`);
    const inserting = writers.flatMap((writer) => ids.map((id) => writer.insert(insertion, { id, at: moment })));
    const [outcomes] = await Promise.all([Promise.all(inserting), reader.rows(asked), reader.page(asked)]);
    assert.equal(outcomes.filter((outcome) => outcome === 'stored').length, ids.length);
    assert.deepEqual(
      await reader.page({
        text: 'select count(*)::int as n from thing where id = any($1) and at = $2',
        values: [ids, moment],
      }),
      [{ n: ids.length }],
    );
  }
  await Promise.all(writers.map((writer) => writer.close()));
}

/** Settings that are stored late take effect too: the start ends sessions that are older. */
export async function lateSettings(pooled, direct) {
  await rows(
    direct,
    `do $$ begin execute format('alter role session_user in database %I reset all', current_database()); end $$`,
  );
  await rows(
    direct,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await sleep(200);
  const clients = Array.from({ length: 5 }, () => new pg.Client({ connectionString: pooled }));
  await Promise.all(clients.map((client) => client.connect()));
  await Promise.all(clients.map((client) => client.query('select pg_sleep(0.5)')));
  await (await open(pooled)).close(true);
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  const [orm] = [await open(pooled)];
  const found = await command(orm, {}, (em) => em.execute(asked.text));
  assert.deepEqual(found, [needed]);
  await orm.close(true);
}

/** Poolers with which the platform does not start. */
export async function refusals(unprepared, unlimited) {
  await assert.rejects(open(unprepared), /set in it ignore_startup_parameters = statement_timeout,/);
  await assert.rejects(open(unlimited), /it has no statement_timeout\. .* RECONNECT/);
}

async function rows(url, text) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

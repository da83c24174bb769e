import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Migration } from '@mikro-orm/migrations';
import { defineEntity, type MikroORM, p } from '@mikro-orm/postgresql';
import { createReader, createWriter, openOrm, type Reader, type Writer } from '@platform/persistence';
import { createLogger } from '@platform/runtime';
import { createRandom, createTestDatabase, type TestDatabase } from '@platform/testing';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import {
  createJournal,
  destroyKey,
  type Journal,
  type JournaledInsertion,
  journalTables,
  ownAuthor,
  removeRecords,
  verifyChains,
} from '../src/index.js';

class CreateTables extends Migration {
  override up(): void {
    this.addSql(
      'create table person (bank_id text not null, person_id text not null, name text not null, version integer not null default 1, primary key (bank_id, person_id))',
    );
    for (const statement of journalTables) this.addSql(statement);
  }
}

const person = defineEntity({
  name: 'Person',
  tableName: 'person',
  properties: {
    bank_id: p.text().primary(),
    person_id: p.text().primary(),
    name: p.text(),
    version: p.integer().version(),
  },
});

interface Person {
  readonly bank_id: string;
  readonly person_id: string;
  readonly name: string;
}

const author = ownAuthor('tests', 'a test', 'correlation');
let database: TestDatabase;
let orm: MikroORM;
let reader: Reader;
let writer: Writer;
let journal: Journal;
let insertion: JournaledInsertion<Person>;
let admin: Client;

const open = (): Journal =>
  createJournal({
    service: 'tests',
    orm,
    reader,
    writer,
    log: createLogger('tests', 'silent'),
    secret: 'protects the journals of all tests',
    parent: undefined,
  });

beforeAll(async () => {
  database = await createTestDatabase('journal');
  orm = await openOrm({
    url: database.url,
    pool: 10,
    entities: [person],
    migrations: [{ name: 'tables', load: async () => CreateTables }],
  });
  admin = new Client({ connectionString: database.url });
  await admin.connect();
  await admin.query("set time zone 'UTC'");
  reader = createReader(database.url);
  writer = createWriter(database.url);
  journal = open();
  insertion = journal.insertion(person);
});
afterAll(async () => {
  await journal.close();
  await Promise.all([reader.close(), writer.close(), admin.end()]);
  await orm.close(true);
  await database.close();
});

const add = async (bank_id: string, name = 'a name'): Promise<Person> => {
  const added = { bank_id, person_id: randomUUID(), name };
  expect(await journal.insert(insertion, added, author)).toBe('stored');
  return added;
};
const rename = ({ bank_id, person_id }: Person, name: string) =>
  journal.command(author, {}, async (em) => {
    const found = await em.findOneOrFail(person, { bank_id, person_id });
    found.name = name;
  });
const remove = ({ bank_id, person_id }: Person) =>
  journal.command(author, {}, async (em) => void em.remove(await em.findOneOrFail(person, { bank_id, person_id })));
const query = async <Row>(text: string, values: readonly unknown[] = []) =>
  (await admin.query(text, [...values])).rows as Row[];
const of = (bank_id: string, subject: string) => journal.history.ofSubject(bank_id, subject, 0, 100);

describe('an entry', () => {
  it('is written for an insert, a change and a deletion, with what was and what became', async () => {
    const one = await add('entries');
    await rename(one, 'another name');
    await remove(one);
    const { person_id } = one;
    expect(await of('entries', person_id)).toEqual([
      expect.objectContaining({
        action: 'deleted',
        version: 3,
        values: `{"was":{"person_id":"${person_id}","name":"another name"}}`,
      }),
      expect.objectContaining({
        action: 'changed',
        version: 2,
        fields: ['name'],
        values: '{"was":{"name":"a name"},"became":{"name":"another name"}}',
      }),
      expect.objectContaining({
        entry_id: expect.stringMatching(/^tests-\d+$/),
        bank_id: 'entries',
        kind: 'person',
        record_id: person_id,
        subject: person_id,
        action: 'created',
        version: 1,
        service: 'tests',
        operation: 'a test',
        correlation_id: 'correlation',
        fields: ['person_id', 'name'],
        values: `{"became":{"person_id":"${person_id}","name":"a name"}}`,
      }),
    ]);
  });

  it('is written with its change or not at all', async () => {
    const one = await add('together');
    await expect(
      journal.command(author, {}, async (em) => {
        (await em.findOneOrFail(person, one)).name = 'never';
        await em.flush();
        throw new Error('in the middle');
      }),
    ).rejects.toThrow('in the middle');
    expect(await journal.insert(journal.insertion(person, { unique: ['bank_id', 'person_id'] }), one, author)).toBe(
      'taken',
    );
    expect(await of('together', one.person_id)).toHaveLength(1);
    // A change that changes nothing is none.
    await rename(one, 'a name');
    expect(await of('together', one.person_id)).toHaveLength(1);
  });

  it('does not show its values in the database', async () => {
    const one = await add('hidden', 'a very special name');
    const [row] = await query<{ text: string; content: Buffer }>(
      "select entry::text as text, content from journal.entry as entry where bank_id = 'hidden'",
    );
    expect(row?.text).not.toContain('special');
    expect(row?.content.includes('special')).toBe(false);
    expect((await of('hidden', one.person_id))[0]?.values).toContain('special');
  });

  it.each([
    'update journal.entry set version = 9',
    'delete from journal.entry',
    'truncate journal.seal',
    'delete from journal.seal',
  ])('stays: %s', async (statement) => {
    await add('stays');
    await expect(admin.query(statement)).rejects.toThrow('the journal can only be added to');
  });

  it('says whose it is after its subject was erased, but not what it contained', async () => {
    const one = await add('erased', 'gone');
    await rename(one, 'gone too');
    const key = { bank_id: 'erased', customer_id: one.person_id };
    await journal.command(author, {}, async (em) => {
      await destroyKey(em, key);
    });
    const [changed, created] = await of('erased', one.person_id);
    expect([changed?.values, created?.values, created?.correlation_id]).toEqual(['', '', 'correlation']);
    expect((await journal.history.past('erased', one.person_id, new Date(0).toISOString())).is_erased).toBe(true);
  });
});

describe('removed records', () => {
  it('leave an entry each, up to as many as were asked for', async () => {
    await admin.query(
      'create table note (bank_id text, note_id text, customer_id text, version integer not null default 5, primary key (bank_id, note_id))',
    );
    await admin.query("insert into note select 'notes', n::text, 'owner' from generate_series(1, 7) as n");
    const removing = (most: number) =>
      journal.command(author, {}, (em) =>
        removeRecords(
          em,
          author,
          { bank_id: 'notes', customer_id: 'owner' },
          { table: 'note', id: 'note_id', versioned: true },
          most,
        ),
      );
    expect([await removing(5), await removing(5), await removing(5)]).toEqual([5, 2, 0]);
    const entries = await of('notes', 'owner');
    expect(entries).toHaveLength(7);
    expect(entries[0]).toMatchObject({ kind: 'note', action: 'deleted', version: 6, values: '', fields: [] });
  });
});

describe('the journal in the order of its positions', () => {
  it('has every committed entry once and without gaps, while many write', async () => {
    const before = (await journal.history.after(0, 1_000, false)).at(-1)?.position ?? 0;
    const other = open();
    const seen: number[] = [];
    const ids: string[] = [];
    let writing = true;
    const reading = (async () => {
      for (let after = before, last = false; !last;) {
        last = !writing;
        const part = await (seen.length % 2 === 0 ? journal : other).history.after(after, 7, false);
        for (const { position, entry_id } of part) {
          seen.push(position);
          ids.push(entry_id);
        }
        if (part.length > 0) [after, last] = [seen.at(-1) as number, false];
      }
    })();
    const writers = Array.from({ length: 8 }, async (_, n) => {
      for (let turn = 0; turn < 15; turn += 1) {
        const one = await add(`bank ${n % 3}`);
        await rename(one, `name ${turn}`);
      }
    });
    await Promise.all(writers);
    writing = false;
    await reading;
    expect(seen).toEqual(seen.map((_, index) => before + 1 + index));
    expect(new Set(ids).size).toBe(8 * 15 * 2);
    expect(ids).toHaveLength(8 * 15 * 2);
    await other.close();
  });
});

describe('the past', () => {
  it('is what a model says, at every moment of random histories', async () => {
    const random = createRandom();
    const bank_id = 'past';
    for (let history = 0; history < 5; history += 1) {
      let one: Person | undefined;
      const person_id = randomUUID();
      let version = 0;
      const moments: { at: string; name: string | undefined; version: number | undefined }[] = [];
      for (let step = 0; step < 12; step += 1) {
        const name = random.text(10);
        if (one === undefined) {
          one = { bank_id, person_id, name };
          version = 1;
          if (step === 0) await journal.insert(insertion, one, author);
          else
            await journal.command(author, {}, async (em) => {
              em.create(person, { bank_id, person_id, name }, { persist: true });
            });
        } else if (random.int(1, 5) === 1) {
          await remove(one);
          one = undefined;
        } else {
          await rename(one, name);
          one = { ...one, name };
          version += 1;
        }
        const [{ at } = { at: '' }] = await query<{ at: string }>(
          `select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, pg_sleep(0.003)`,
        );
        await query('select pg_sleep(0.003)');
        moments.push({ at: new Date(Date.parse(at) + 1).toISOString(), name: one?.name, version: one && version });
      }
      for (const { at, name, version: expected } of moments) {
        const [record] = (await journal.history.past(bank_id, person_id, at)).records;
        expect([at, record?.values['name'], record?.version]).toEqual([at, name, expected]);
      }
    }
  });
});

describe('the chains', () => {
  const tamper = async (...statements: string[]) => {
    await admin.query('alter table journal.entry disable trigger all; alter table journal.seal disable trigger all');
    for (const statement of statements) await admin.query(statement);
    await admin.query(
      'alter table journal.entry enable always trigger entry_stays; alter table journal.seal enable always trigger seal_stays',
    );
  };

  it('name the first entry of a bank that was changed, removed or added, and a tail that was cut off', async () => {
    for (const bank of ['whole', 'changed', 'removed', 'added', 'cut']) for (let n = 0; n < 5; n += 1) await add(bank);
    await journal.history.after(0, 1, false);
    const clean = await verifyChains(query);
    expect(clean.faults).toEqual([]);
    expect(clean.entries).toBeGreaterThan(25);
    const number = async (bank: string, place: number) =>
      Number(
        (
          await query<{ number: string }>('select number from journal.seal where bank_id = $1 and place = $2', [
            bank,
            place,
          ])
        )[0]?.number,
      );
    const [changed, removed, cut] = [await number('changed', 3), await number('removed', 2), await number('cut', 4)];
    await tamper(
      `update journal.entry set user_id = 'somebody else' where number in (${changed}, ${await number('changed', 4)})`,
      `delete from journal.entry where number = ${removed}`,
      `insert into journal.entry select bank_id, 1000000, kind, record_id, version, subject, action, operation, user_id, consumer_id, service, correlation_id, occurred_at, fields, content from journal.entry where bank_id = 'added' limit 1`,
      `delete from journal.entry where number >= ${cut} and bank_id = 'cut'`,
      `delete from journal.seal where number >= ${cut} and bank_id = 'cut'`,
    );
    expect((await verifyChains(query, clean.heads)).faults).toEqual([
      { bank_id: 'changed', number: changed, fault: 'changed' },
      { bank_id: 'removed', number: removed, fault: 'removed' },
      { bank_id: 'added', number: 1_000_000, fault: 'added' },
      { bank_id: 'cut', number: 5, fault: 'cut off' },
    ]);
  });
});

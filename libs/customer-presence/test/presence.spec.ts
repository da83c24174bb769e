import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Migration } from '@mikro-orm/migrations';
import { defineEntity, type InferEntity, type MikroORM, p } from '@mikro-orm/postgresql';
import { createJournal, type Journal, type JournaledInsertion, journalTables, ownAuthor } from '@platform/journal';
import type { CustomerKey } from '@platform/messages';
import {
  command,
  createReader,
  createWriter,
  openOrm,
  type Reader,
  SecondsType,
  type Writer,
} from '@platform/persistence';
import { createLogger } from '@platform/runtime';
import type { ServicePeer } from '@platform/service';
import { createRandom, createTestDatabase, type TestDatabase } from '@platform/testing';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createCustomers,
  customerPresence,
  customerPresenceTable,
  forgetCustomer,
  holdCustomer,
  insertRecord,
} from '../src/index.js';

class CreateTables extends Migration {
  override up(): void {
    this.addSql(customerPresenceTable);
    for (const statement of journalTables) this.addSql(statement);
    this.addSql(
      'create table note (bank_id text not null, customer_id text not null, note_id text not null default gen_random_uuid(), n integer not null, text text, at timestamptz(0), primary key (bank_id, note_id))',
    );
    // A note whose text is "gate N" is stored only after gate N opens.
    this.addSql(
      `create function wait_at_gate() returns trigger language plpgsql as $$ begin if new.text like 'gate %' then perform pg_advisory_xact_lock(substr(new.text, 6)::bigint); end if; return new; end $$`,
    );
    this.addSql('create trigger gate before insert on note for each row execute function wait_at_gate()');
  }
}

const note = defineEntity({
  name: 'Note',
  tableName: 'note',
  properties: {
    bank_id: p.text().primary(),
    note_id: p.text().primary(),
    customer_id: p.text(),
    n: p.integer(),
    text: p.text().nullable(),
    at: p.type(SecondsType).nullable(),
  },
});
type Note = InferEntity<typeof note>;

const bank_id = 'gh.29.uk';
let database: TestDatabase;
let orm: MikroORM;
let writer: Writer;
let reader: Reader;
let journal: Journal;
let insertion: JournaledInsertion<Note>;

const author = ownAuthor('tests', 'a test', 'a-test');
const journalOf = (by: Writer) =>
  createJournal({
    service: 'tests',
    orm,
    reader,
    writer: by,
    log: createLogger('tests', 'silent'),
    secret: 'protects the journals of all tests',
    parent: customerPresence,
  });

beforeAll(async () => {
  database = await createTestDatabase('customer-presence');
  orm = await openOrm({
    url: database.url,
    pool: 10,
    entities: [note],
    migrations: [{ name: 'tables', load: async () => CreateTables }],
  });
  writer = createWriter(database.url);
  reader = createReader(database.url);
  journal = journalOf(writer);
  insertion = journal.insertion(note, { parent: customerPresence });
});
afterAll(async () => {
  await journal.close();
  await Promise.all([writer.close(), reader.close()]);
  await orm.close(true);
  await database.close();
});

const insert = (key: CustomerKey, fields: Partial<Note>, by = journal) =>
  insertRecord(by, insertion, { ...key, note_id: randomUUID(), n: 0, text: null, at: null, ...fields }, author);

let gates = 0;
/** Adds a record by a statement that pauses, keeping its locks, until `held` has ended. */
async function insertHeld(key: CustomerKey, n: number, held: () => Promise<unknown>): Promise<void> {
  const gate = (gates += 1);
  const writing = createWriter(database.url);
  const own = journalOf(writing);
  let inserting: Promise<unknown> = Promise.resolve();
  await command(orm, {}, async (em) => {
    await em.execute('select pg_advisory_xact_lock(?)', [gate]);
    inserting = insert(key, { n, text: `gate ${gate}` }, own);
    const refused = inserting.then(
      () => false,
      () => true,
    );
    const isWaiting = async () =>
      (await em.execute(`select from pg_locks where locktype = 'advisory' and objid = ? and not granted`, [gate]))
        .length > 0;
    while (!(await isWaiting())) if (await Promise.race([refused, sleep(1, false)])) return;
    await held();
  });
  await inserting.finally(() => Promise.all([own.close(), writing.close()]));
}

/** The two ways to add a record. `held`: what happens while the customer is held, before the transaction ends. */
const ways = {
  holdCustomer: (key: CustomerKey, n = 0, held?: () => Promise<unknown>) =>
    command(orm, {}, async (em) => {
      await holdCustomer(em, key);
      await held?.();
      await em.execute('insert into note (bank_id, customer_id, n) values (?, ?, ?)', [
        key.bank_id,
        key.customer_id,
        n,
      ]);
    }),
  insertRecord: async (key: CustomerKey, n = 0, held?: () => Promise<unknown>) =>
    held === undefined ? void (await insert(key, { n })) : insertHeld(key, n, held),
};
const forget = (key: CustomerKey) => forgetCustomer(orm, author, key, [{ table: 'note', id: 'note_id' }]);
const notes = async ({ customer_id }: CustomerKey) =>
  (await orm.em.fork().execute('select from note where customer_id = ?', [customer_id])).length;

describe.each(['holdCustomer', 'insertRecord'] as const)('the presence of a customer for %s', (way) => {
  const write = ways[way];
  const customer = (id: string): CustomerKey => ({ bank_id, customer_id: `${way}.${id}` });

  it('lets writers in until the customer is deleted, and none after', async () => {
    const key = customer('a');
    await write(key);
    await write(key);
    expect(await notes(key)).toBe(2);
    await forget(key);
    await forget(key);
    await expect(write(key)).rejects.toThrow('OBP-30046');
    expect(await notes(key)).toBe(0);
  });

  it('is that of one bank', async () => {
    const key = customer('b');
    await forget({ ...key, bank_id: 'other' });
    await write(key);
    expect(await notes(key)).toBe(1);
  });

  it('makes a deletion wait for a writer, whose row it then removes', async () => {
    const key = customer('c');
    let forgetting: Promise<void> | undefined;
    await write(key, 0, async () => {
      forgetting = forget(key);
      expect(await Promise.race([forgetting.then(() => 'forgotten'), sleep(200, 'waiting')])).toBe('waiting');
    });
    await forgetting;
    expect(await notes(key)).toBe(0);
  });

  it('does not make writers of one customer wait for each other', async () => {
    const key = customer('d');
    await write(key);
    let holding = 0;
    let everybody = () => undefined as void;
    const all = new Promise<void>((resolve) => (everybody = resolve));
    // Each transaction ends only after all of them hold the customer.
    const held = () => {
      holding += 1;
      if (holding === 5) everybody();
      return all;
    };
    await Promise.all(Array.from({ length: 5 }, (_, n) => write(key, n, held)));
    expect(await notes(key)).toBe(6);
  });

  it('leaves nothing behind when writers and a deletion race, 20 times', async () => {
    const random = createRandom();
    for (let round = 0; round < 20; round += 1) {
      const key = customer(`race${round}`);
      const writers = Array.from({ length: 8 }, async (_, n) => {
        await sleep(random.int(0, 10));
        const wait_ms = random.pick([0, 0, 1, 3]);
        return write(key, n, wait_ms === 0 ? undefined : () => sleep(wait_ms));
      });
      await sleep(random.int(0, 10));
      const results = await Promise.allSettled([...writers, forget(key)]);
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
      expect(refused.filter((reason) => !reason.includes('OBP-30046'))).toEqual([]);
      expect(await notes(key)).toBe(0);
    }
  });
});

describe('forgetCustomer', () => {
  it('removes any number of records in parts, of the customer alone, and only what is its', async () => {
    const [many, other] = [
      { bank_id, customer_id: 'many' },
      { bank_id, customer_id: 'other' },
    ];
    await orm.em
      .fork()
      .execute(
        `insert into note (bank_id, customer_id, n) select ?, who, i from generate_series(1, 20001) i, (values ('many'), ('other')) as given (who)`,
        [bank_id],
      );
    await forgetCustomer(orm, author, many, [{ table: 'note', id: 'note_id', only: 'n <> 7' }]);
    expect([await notes(many), await notes(other)]).toEqual([1, 20001]);
    await forget(many);
    expect([await notes(many), await notes(other)]).toEqual([0, 20001]);
  });
});

describe('insertRecord', () => {
  const key = { bank_id, customer_id: 'texts' };
  const stored = () =>
    orm.em
      .fork()
      .execute<{ text: string; at: string }[]>(
        `select text, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') as at from note where customer_id = 'texts'`,
      );

  it('takes every value as it is', async () => {
    const text = `a?b ?? \\? $1 :x 'q' "d" \\'; drop table note; -- \u{1f600}\n{}`;
    await insert(key, { text, at: '2024-02-29T23:59:59Z' });
    expect(await stored()).toEqual([{ text, at: '2024-02-29T23:59:59' }]);
  });

  it('adds nothing of what the database refuses', async () => {
    await forget(key);
    await expect(insert(key, { text: 'a\0b' })).rejects.toThrow('OBP-10001');
    expect(await stored()).toEqual([]);
  });

  it('finds customers by their key, although its plan was made while there were none', async () => {
    const columns = insertion.insertion.valuesOf({ bank_id, note_id: '', customer_id: '', n: 0, text: null, at: null });
    const plan = await command(orm, {}, async (em) => {
      // As in a new table, even if the server has already analyzed rows of other tests.
      await em.execute('analyze customer_presence');
      await em.execute('truncate customer_presence');
      await em.execute('set local plan_cache_mode = force_generic_plan');
      await em.execute(`prepare planned as ${insertion.insertion.text}`);
      return em.execute(`explain execute planned (${columns.map(() => `'{}'`).join(', ')})`);
    });
    expect(JSON.stringify(plan)).toContain('Index Scan using customer_presence_pkey');
    expect(JSON.stringify(plan)).not.toContain('Seq Scan');
  });

  it('refuses those of one statement whose customer is deleted, and only those', async () => {
    const [gone, there, fresh] = ['gone', 'there', 'fresh'].map((customer_id) => ({ bank_id, customer_id })) as [
      CustomerKey,
      CustomerKey,
      CustomerKey,
    ];
    await insert(there, {});
    await forget(gone);
    const results = await Promise.allSettled([gone, there, fresh, gone, there, fresh].map((one) => insert(one, {})));
    expect(results.map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(results[0]).toMatchObject({ reason: { message: expect.stringMatching(/^OBP-30046/) } });
    expect([await notes(gone), await notes(there), await notes(fresh)]).toEqual([0, 3, 2]);
  });

  it('encrypts the entries of the first records of a customer with one key, however many are added at once', async () => {
    const key = { bank_id, customer_id: 'one key' };
    const other = createWriter(database.url);
    const second = journalOf(other);
    await Promise.all(Array.from({ length: 10 }, (_, n) => insert(key, { n }, n % 3 === 0 ? second : journal)));
    const entries = await journal.history.ofSubject(bank_id, key.customer_id, 0, 100);
    const values = entries.map((entry) => JSON.parse(entry.values) as { became: Note });
    expect(values.map(({ became }) => became.n).sort()).toEqual(Array.from({ length: 10 }, (_, n) => n));
    await Promise.all([second.close(), other.close()]);
  });

  it('meets the first record of the same customers by another process, in any order', async () => {
    const writers = [createWriter(database.url), createWriter(database.url), createWriter(database.url)];
    const keys = Array.from({ length: 20 }, (_, n) => ({ bank_id, customer_id: `first ${n}` }));
    const journals = writers.map(journalOf);
    await Promise.all(
      journals.map((own, turn) =>
        Promise.all((turn % 2 === 0 ? keys : [...keys].reverse()).map((one) => insert(one, { n: turn }, own))),
      ),
    );
    expect(await Promise.all(keys.map(notes))).toEqual(keys.map(() => 3));
    await Promise.all([...journals, ...writers].map((own) => own.close()));
  });
});

describe('which customers there are', () => {
  const calls: CustomerKey[][] = [];
  const peer = {
    async call(_rpc: unknown, { keys }: { keys: CustomerKey[] }) {
      calls.push(keys);
      return { keys: keys.filter(({ customer_id }) => customer_id.startsWith('there')) };
    },
    close: () => undefined,
  } as unknown as ServicePeer;
  const customers = createCustomers(peer);

  it('is asked once for concurrent callers', async () => {
    calls.length = 0;
    const answers = await Promise.allSettled(
      ['there1', 'gone', 'there2', 'there1'].map((customer_id) => customers.require({ bank_id, customer_id }, 'c')),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(calls).toEqual([
      [
        { bank_id, customer_id: 'there1' },
        { bank_id, customer_id: 'gone' },
        { bank_id, customer_id: 'there2' },
      ],
    ]);
  });

  it('is not asked for a text that is no id', async () => {
    calls.length = 0;
    await expect(customers.require({ bank_id, customer_id: 'there /' }, 'c')).rejects.toThrow(
      'OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(there /)',
    );
    expect(calls).toEqual([]);
  });

  it('keeps the order of the keys and asks nobody about none', async () => {
    calls.length = 0;
    const keys = ['there2', 'x', 'there1'].map((customer_id, n) => ({ bank_id, customer_id, n }));
    expect(await customers.existing(keys, 'c')).toEqual([keys[0], keys[2]]);
    expect(await customers.existing([], 'c')).toEqual([]);
    expect(calls).toHaveLength(1);
  });
});

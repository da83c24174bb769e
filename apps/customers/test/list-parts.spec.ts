import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MikroORM } from '@mikro-orm/postgresql';
import { command, openOrm, sessionOptions } from '@platform/persistence';
import { prepareDatabase } from '@platform/service';
import { createRandom, createTestDatabase, type Random, type TestDatabase, isOnCitus } from '@platform/testing';
import { Client } from 'pg';
import { countBank } from '../src/customer/customer-list-parts.js';
import { bankListKey, cutLongPart } from '../src/customer/customer-list-parts.sql.js';
import type { Direction } from '../src/customer/customer.sql.js';
import { database as definition } from '../src/gen/database.js';
import { createList, type List, type Row } from './customer-rows.js';

/** Customers per part: so few that a handful of changes splits and merges parts. */
const size = 8;
const directions: Direction[] = ['asc', 'desc'];
const banks = ['bank', 'bank.2'];

/** The expected result, by OFFSET. */
const plainKey = (direction: Direction) =>
  `select customer_id from customer where bank_id = $1 order by last_ok_sort ${direction}, customer_id ${direction} limit 1 offset $2::int`;

describe('places in a list that is counted by parts', () => {
  let random: Random;
  let store: TestDatabase;
  let orms: MikroORM[];
  let client: Client;
  let list: List;
  beforeAll(async () => {
    random = createRandom();
    store = await createTestDatabase('customers', (url) => prepareDatabase(definition, url, isOnCitus()));
    // Like two replicas, each with its own.
    orms = await Promise.all([1, 2].map(() => openOrm({ url: store.url, pool: 2, ...definition })));
    client = await open();
    list = await createList(client, random);
  });
  beforeEach(async () => {
    await client.query('truncate customer cascade');
  });
  afterAll(async () => {
    await client.end();
    await Promise.all(orms.map((orm) => orm.close(true)));
    await store.close();
  });

  const open = async () => {
    const opened = new Client({ connectionString: store.url, ...sessionOptions });
    await opened.connect();
    return opened;
  };
  const count = (bank_id: string) => countBank(random.pick(orms), bank_id, size);
  const keyAt = async (bank_id: string, direction: Direction, place: number) =>
    (await client.query<{ customer_id: string }>(bankListKey(direction).text, [bank_id, place])).rows[0]?.customer_id;
  const parts = async (bank_id: string) =>
    (
      await client.query<{ customers: number }>(
        'select customers from customer_list_part where bank_id = $1 order by last_ok_sort, customer_id',
        [bank_id],
      )
    ).rows.map(({ customers }) => customers);
  const expectPlaces = async (rows: readonly Row[], places: (all: number) => number[]) => {
    for (const bank_id of banks) {
      const ids = list.inOrder(rows, bank_id);
      for (const direction of directions) {
        const expected = direction === 'asc' ? ids : [...ids].reverse();
        for (const place of places(ids.length))
          expect([place, await keyAt(bank_id, direction, place)]).toEqual([place, expected[place]]);
      }
    }
  };

  it('are those of the rows, whatever was added, removed and moved since the last count', async () => {
    const rows: Row[] = [];
    const steps = [
      async () => void rows.push(...(await list.add(random.pick(banks), random.int(1, 25)))),
      async () => void (await list.remove(rows.splice(random.int(0, rows.length), random.int(1, 12)))),
      async () => {
        if (rows.length > 0)
          rows.push(await list.move(rows.splice(random.int(0, rows.length - 1), 1)[0] as Row, random.pick(banks)));
      },
      () => count(random.pick(banks)),
    ];
    for (let turn = 0; turn < 120; turn += 1) {
      await random.pick([...steps, ...steps.slice(0, 1)])();
      await expectPlaces(rows, (all) => [0, random.int(0, all), all - 1, all, all + 5].filter((place) => place >= 0));
    }
    for (const bank_id of banks) await count(bank_id);
    await expectPlaces(rows, (all) => Array.from({ length: all + 1 }, (_, place) => place));
  }, 180_000);

  it('are those of every snapshot while others add, remove, move and count', async () => {
    const rows = await list.add('bank', 200);
    let going = true;
    const busy = async (work: (own: Client) => Promise<unknown>) => {
      const own = await open();
      while (going) await work(own);
      await own.end();
    };
    const writers = [1, 2, 3].map(() =>
      busy(async (own) => {
        const added = await list.add('bank', random.int(1, 6), own);
        const moved = await list.move(added[0] as Row, 'bank', own);
        await list.remove([...added.slice(1, random.int(1, 6)), moved], own);
        await list.remove(rows.splice(0, 1), own);
      }),
    );
    const counters = orms.map((orm) => busy(() => countBank(orm, 'bank', size)));
    for (let turn = 0; turn < 300; turn += 1) {
      await client.query('begin isolation level repeatable read');
      for (const direction of directions) {
        const place = random.int(0, 260);
        const plain = await client.query<{ customer_id: string }>(plainKey(direction), ['bank', place]);
        expect(await keyAt('bank', direction, place)).toBe(plain.rows[0]?.customer_id);
      }
      await client.query('commit');
    }
    going = false;
    await Promise.all([...writers, ...counters]);
    await count('bank');
    const {
      rows: [all],
    } = await client.query<{ customers: number }>('select count(*)::int as customers from customer');
    expect((await parts('bank')).reduce((sum, customers) => sum + customers, 0)).toBe(all?.customers);
  }, 180_000);

  it('need parts of a bounded length, and lose those that nobody stands in', async () => {
    const rows = await list.add('bank', 50 * size);
    await count('bank');
    const full = await parts('bank');
    expect(Math.max(...full)).toBeLessThanOrEqual(2 * size);
    expect(full.length).toBeLessThanOrEqual(50);
    await list.remove(rows.splice(0, 45 * size));
    await count('bank');
    expect((await parts('bank')).length).toBeLessThanOrEqual(21);
    await expectPlaces(rows, (all) => [0, all - 1, all]);
    await list.remove(rows.splice(0));
    await count('bank');
    expect(await parts('bank')).toEqual([0]);
  });

  it('stay right where a part is cut before changes of it are counted', async () => {
    const rows = await list.add('bank', 10 * size);
    await count('bank');
    const cut = () => command(orms[0] as MikroORM, {}, (em) => cutLongPart(em, 'bank', 1, size / 2));
    const everyPlace = (all: number) => Array.from({ length: all + 1 }, (_, place) => place);
    rows.push(...(await list.add('bank', 20 * size)));
    expect(await cut()).toBe(true);
    await expectPlaces(rows, everyPlace);
    await count('bank');
    const gone = list.inOrder(rows, 'bank').slice(1, 3 * size);
    await list.remove(rows.filter(({ customer_id }) => gone.includes(customer_id)));
    // After so many deletions, the position where the first part would be split is in another part.
    expect(await cut()).toBe(false);
    await expectPlaces(
      rows.filter(({ customer_id }) => !gone.includes(customer_id)),
      everyPlace,
    );
  });

  it('count what was there before they came', async () => {
    const migrations = definition.migrations.slice(
      0,
      definition.migrations.findIndex(({ name }) => name.endsWith('customer-list-parts')),
    );
    const old = await createTestDatabase('customers before their list was counted', (url) =>
      prepareDatabase({ ...definition, migrations }, url),
    );
    const before = new Client({ connectionString: old.url });
    await before.connect();
    const there = await (await createList(before, random)).add('bank', 100);
    await prepareDatabase(definition, old.url);
    const { rows } = await before.query<{ customer_id: string }>(bankListKey('asc').text, ['bank', 77]);
    expect(rows[0]?.customer_id).toBe(list.inOrder(there, 'bank')[77]);
    expect((await before.query('select customers from customer_list_part')).rows).toEqual([{ customers: 100 }]);
    await before.end();
    await old.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Migration } from '@mikro-orm/migrations';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { CustomerKey } from '@platform/messages';
import { command, openOrm } from '@platform/persistence';
import type { ServicePeer } from '@platform/service';
import { createRandom, createTestDatabase, type TestDatabase } from '@platform/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCustomers, customerPresenceTable, forgetCustomer, holdCustomer } from '../src/index.js';

class CreateTables extends Migration {
  override up(): void {
    this.addSql(customerPresenceTable);
    this.addSql('create table note (bank_id text not null, customer_id text not null, n integer not null)');
  }
}

const bank_id = 'gh.29.uk';
let database: TestDatabase;
let orm: MikroORM;

beforeAll(async () => {
  database = await createTestDatabase('customer-presence');
  orm = await openOrm({ url: database.url, pool: 10, entities: [], migrations: [{ name: 'tables', class: CreateTables }] });
});
afterAll(async () => {
  await orm.close(true);
  await database.close();
});

const write = (key: CustomerKey, n = 0, wait_ms = 0) =>
  command(orm, {}, async (em) => {
    await holdCustomer(em, key);
    await sleep(wait_ms);
    await em.execute('insert into note values (?, ?, ?)', [key.bank_id, key.customer_id, n]);
  });
const forget = (key: CustomerKey) =>
  command(orm, {}, async (em) => {
    await forgetCustomer(em, key);
    await em.execute('delete from note where bank_id = ? and customer_id = ?', [key.bank_id, key.customer_id]);
  });
const notes = async ({ customer_id }: CustomerKey) => (await orm.em.fork().execute('select from note where customer_id = ?', [customer_id])).length;

describe('the presence of a customer', () => {
  it('lets writers in until the customer is deleted, and none after', async () => {
    const key = { bank_id, customer_id: 'a' };
    await write(key);
    await write(key);
    expect(await notes(key)).toBe(2);
    await forget(key);
    await forget(key);
    await expect(write(key)).rejects.toThrow('OBP-30046');
    expect(await notes(key)).toBe(0);
  });

  it('is that of one bank', async () => {
    await forget({ bank_id: 'other', customer_id: 'b' });
    await write({ bank_id, customer_id: 'b' });
    expect(await notes({ bank_id, customer_id: 'b' })).toBe(1);
  });

  it('makes a deletion wait for a writer, whose row it then removes', async () => {
    const key = { bank_id, customer_id: 'c' };
    const writing = write(key, 0, 200);
    await sleep(50);
    await Promise.all([writing, forget(key)]);
    expect(await notes(key)).toBe(0);
  });

  it('does not make writers of one customer wait for each other', async () => {
    const key = { bank_id, customer_id: 'd' };
    await write(key);
    const from = Date.now();
    await Promise.all(Array.from({ length: 5 }, (_, n) => write(key, n, 200)));
    expect(Date.now() - from).toBeLessThan(800);
  });

  it('leaves nothing behind when writers and a deletion race, 20 times', async () => {
    const random = createRandom();
    for (let round = 0; round < 20; round += 1) {
      const key = { bank_id, customer_id: `race${round}` };
      const writers = Array.from({ length: 8 }, async (_, n) => {
        await sleep(random.int(0, 10));
        return write(key, n, random.int(0, 3));
      });
      await sleep(random.int(0, 10));
      const results = await Promise.allSettled([...writers, forget(key)]);
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
      expect(refused.filter((reason) => !reason.includes('OBP-30046'))).toEqual([]);
      expect(await notes(key)).toBe(0);
    }
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
    const answers = await Promise.allSettled(['there1', 'gone', 'there2', 'there1'].map((customer_id) => customers.require({ bank_id, customer_id }, 'c')));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(calls).toEqual([[{ bank_id, customer_id: 'there1' }, { bank_id, customer_id: 'gone' }, { bank_id, customer_id: 'there2' }]]);
  });

  it('is not asked for a text that is no id', async () => {
    calls.length = 0;
    await expect(customers.require({ bank_id, customer_id: 'there /' }, 'c')).rejects.toThrow('OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(there /)');
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

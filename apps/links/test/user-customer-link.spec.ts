import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { UserCustomerLink } from '@platform/messages';
import { setTimeout as sleep } from 'node:timers/promises';
import { patient } from '@platform/testing';
import { bank, createHarness, type Harness, refusal } from './harness.js';

const alreadyLinked = 'OBP-30007: The User is already linked to a Customer at the bank specified by BANK_ID';
const noLink = 'OBP-30035: User Customer Link not found';
const noUser = 'OBP-20057: User not found by userId.';
const noCustomer = (id: string) =>
  `OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(${id})`;

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});
afterAll(() => harness.close());
beforeEach(() => {
  const { customers, users } = harness.neighbours;
  for (const id of ['c1', 'c2', 'c3']) customers.add(`${bank}/${id}`);
  customers.add('other/c1');
  for (const id of ['u1', 'u2']) users.add(id);
});
afterEach(async () => {
  harness.neighbours.before = () => sleep(0);
  await harness.sql('truncate user_customer_link, customer_presence');
});

const link = (user_id: string, customer_id: string, bank_id = bank) =>
  harness.call('createUserCustomerLinks', { bank_id, body: { user_id, customer_id } });
const joined = (messages: { user_customer_links: UserCustomerLink[] }[]) =>
  messages.flatMap((message) => message.user_customer_links);
const ofCustomer = async (customer_id: string, bank_id = bank) =>
  joined(await harness.messages('getUserCustomerLinksByCustomerId', { bank_id, customer_id }));
const ofUser = async (user_id: string, bank_id = bank) =>
  joined(await harness.messages('getUserCustomerLinksByUserId', { bank_id, user_id }));
const remove = (user_customer_link_id: string, bank_id = bank) =>
  harness.call('deleteUserCustomerLink', { bank_id, user_customer_link_id });

describe('createUserCustomerLinks', () => {
  it('answers the link in wire order and stores it', async () => {
    const from = `${new Date().toISOString().slice(0, 19)}Z`;
    const created = await link('u1', 'c1');
    expect(Object.keys(created)).toEqual([
      'user_customer_link_id',
      'customer_id',
      'user_id',
      'date_inserted',
      'is_active',
    ]);
    expect(created).toMatchObject({
      customer_id: 'c1',
      user_id: 'u1',
      is_active: true,
      date_inserted: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(created.date_inserted >= from).toBe(true);
    expect(await ofCustomer('c1')).toEqual([created]);
    expect(await ofUser('u1')).toEqual([created]);
  });

  it('links one user to several customers and one customer to several users, at every bank', async () => {
    const [first, second, third] = [await link('u1', 'c1'), await link('u1', 'c2'), await link('u2', 'c1')];
    const elsewhere = await link('u1', 'c1', 'other');
    expect(await ofUser('u1')).toEqual([first, second]);
    expect(await ofCustomer('c1')).toEqual([first, third]);
    expect(await ofCustomer('c1', 'other')).toEqual([elsewhere]);
  });

  it('refuses in the order body, user, customer, duplicate', async () => {
    await link('u1', 'c1');
    expect(await refusal(harness.call('createUserCustomerLinks', { bank_id: bank, body: null }))).toBe(
      'OBP-10001: Incorrect json format. The field body must be given.',
    );
    expect(await refusal(link('nobody', 'nothing'))).toBe(noUser);
    expect(await refusal(link('nobody', ''))).toBe(noUser);
    expect(await refusal(link('u1', ''))).toBe(noCustomer(''));
    expect(await refusal(link('u1', 'nothing'))).toBe(noCustomer('nothing'));
    expect(await refusal(link('u1', 'c3', 'other'))).toBe(noCustomer('c3'));
    expect(await refusal(link('u1', 'c1'))).toBe(alreadyLinked);
    expect(await ofUser('u1')).toHaveLength(1);
  });

  it.each(['', 'a\0', 'a b', 'é', 'x'.repeat(256)])('knows nobody by %j', async (id) => {
    expect(await refusal(link(id, 'c1'))).toBe(noUser);
    expect(await refusal(link('u1', id))).toBe(noCustomer(id));
  });

  it('asks the directory and the customers at the same time, and puts the user first even when it answers last', async () => {
    harness.neighbours.before = (rpc) => sleep(rpc === 'findUsers' ? 400 : 0);
    expect(await refusal(link('nobody', 'nothing'))).toBe(noUser);
    harness.neighbours.before = () => sleep(400);
    const from = Date.now();
    await link('u1', 'c1');
    expect(Date.now() - from).toBeLessThan(patient(750));
  });

  it('makes one link of 50 at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => link('u1', 'c1')));
    const reasons = results.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as Error).message] : [],
    );
    expect(reasons).toEqual(Array(49).fill(alreadyLinked));
    expect(await ofUser('u1')).toHaveLength(1);
  });
});

describe('deleteUserCustomerLink', () => {
  it('removes the link, once', async () => {
    const [kept, gone] = [await link('u1', 'c1'), await link('u1', 'c2')];
    expect(await remove(gone.user_customer_link_id)).toEqual({ value: true });
    expect(await ofUser('u1')).toEqual([kept]);
    expect(await refusal(remove(gone.user_customer_link_id))).toBe(noLink);
    expect(await link('u1', 'c2')).toMatchObject({ customer_id: 'c2' });
  });

  it('answers one of 20 at once', async () => {
    const { user_customer_link_id } = await link('u1', 'c1');
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => remove(user_customer_link_id)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect((result.reason as Error).message).toBe(noLink);
  });

  it.each(['unknown', '', 'a\0', 'x'.repeat(256)])('knows no link %j', async (id) =>
    expect(await refusal(remove(id))).toBe(noLink),
  );

  it('knows no link of another bank, nor that of a deleted customer', async () => {
    const { user_customer_link_id } = await link('u1', 'c1');
    expect(await refusal(remove(user_customer_link_id, 'other'))).toBe(noLink);
    harness.neighbours.customers.delete(`${bank}/c1`);
    expect(await refusal(remove(user_customer_link_id))).toBe(noLink);
    expect(await harness.sql('select from user_customer_link')).toHaveLength(1);
  });
});

describe('lists of links of users', () => {
  it('are empty for whom nobody knows', async () => {
    for (const id of ['unknown', 'a\0b', 'é', 'x'.repeat(300)]) {
      expect(await harness.messages('getUserCustomerLinksByCustomerId', { bank_id: bank, customer_id: id })).toEqual([
        { user_customer_links: [] },
      ]);
      expect(await harness.messages('getUserCustomerLinksByUserId', { bank_id: bank, user_id: id })).toEqual([
        { user_customer_links: [] },
      ]);
    }
  });

  it('leave out a deleted customer at once', async () => {
    await link('u1', 'c1');
    const kept = await link('u1', 'c2');
    harness.neighbours.customers.delete(`${bank}/c1`);
    expect(await ofUser('u1')).toEqual([kept]);
    expect(await ofCustomer('c1')).toEqual([]);
    harness.neighbours.customers.delete(`${bank}/c2`);
    expect(await harness.messages('getUserCustomerLinksByUserId', { bank_id: bank, user_id: 'u1' })).toEqual([
      { user_customer_links: [] },
    ]);
  });

  it('come in pages, oldest first, with one question to the customers for each', async () => {
    await harness.sql(
      `insert into user_customer_link select $1, 'l' || lpad(i::text, 6, '0'), 'm' || i, 'many', now(), true from generate_series(1, 1300) i`,
      [bank],
    );
    await harness.sql(
      `insert into user_customer_link select $1, 'k' || lpad(i::text, 6, '0'), 'c1', 'm' || i, now(), true from generate_series(1, 700) i`,
      [bank],
    );
    for (let i = 1; i <= 1300; i += 1) if (i % 10 !== 0) harness.neighbours.customers.add(`${bank}/m${i}`);
    harness.neighbours.asked.length = 0;
    const messages = await harness.messages('getUserCustomerLinksByUserId', { bank_id: bank, user_id: 'many' });
    expect(messages.map((message) => message.user_customer_links.length)).toEqual([90, 450, 450, 180]);
    expect(joined(messages).map(({ customer_id }) => customer_id)).toEqual(
      Array.from({ length: 1300 }, (_, i) => `m${i + 1}`).filter((_, i) => (i + 1) % 10 !== 0),
    );
    expect(harness.neighbours.asked).toEqual([100, 500, 500, 200].map((keys) => ({ rpc: 'findCustomers', keys })));
    harness.neighbours.asked.length = 0;
    expect((await ofCustomer('c1')).map(({ user_id }) => user_id)).toEqual(
      Array.from({ length: 700 }, (_, i) => `m${i + 1}`),
    );
    expect(harness.neighbours.asked).toEqual([1, 1, 1].map((keys) => ({ rpc: 'findCustomers', keys })));
  });
});

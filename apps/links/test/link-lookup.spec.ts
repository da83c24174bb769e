import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { CustomerKey } from '@platform/messages';
import { createRandom, eventually } from '@platform/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { bank, createHarness, type Harness } from './harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});
afterAll(() => harness.close());
afterEach(() => harness.sql('truncate user_customer_link, customer_account_link, customer_presence'));

const key = (customer_id: string, bank_id = bank): CustomerKey => ({ bank_id, customer_id });
const userLink = (link: string, customer: string, user: string, at = bank) =>
  harness.sql('insert into user_customer_link values ($1, $2, $3, $4, now(), true)', [at, link, customer, user]);
const accountLink = (link: string, customer: string, account: string, is_agent = false) =>
  harness.sql(`insert into customer_account_link values ($1, $2, $3, $4, 'Owner', $5)`, [
    bank,
    link,
    customer,
    account,
    is_agent,
  ]);
const customersOf = async (user_id: string, bank_id: string | null) =>
  (await harness.messages('getCustomersOfUser', { user_id, bank_id })).flatMap(({ keys }) => keys);

describe('getCustomersOfUser', () => {
  it('goes in the order of the links, at one bank or at all', async () => {
    await userLink('l2', 'c2', 'u');
    await userLink('l1', 'c1', 'u', 'other');
    await userLink('l3', 'c3', 'u', 'a-bank');
    await userLink('l0', 'c4', 'u');
    await userLink('l4', 'c5', 'somebody');
    expect(await customersOf('u', null)).toEqual([key('c4'), key('c1', 'other'), key('c2'), key('c3', 'a-bank')]);
    expect(await customersOf('u', bank)).toEqual([key('c4'), key('c2')]);
    expect(await customersOf('u', '')).toEqual([]);
    expect(harness.neighbours.asked).toEqual([]);
  });

  it('answers an empty list for a user without links', async () => {
    for (const user_id of ['nobody', '', 'a\0'])
      expect(await harness.messages('getCustomersOfUser', { user_id })).toEqual([{ keys: [] }]);
  });

  it('sends no more than 1,000 keys in a message', async () => {
    await harness.sql(
      `insert into user_customer_link select 'bank' || i % 7, 'l' || lpad(i::text, 6, '0'), 'c' || i, 'u', now(), true from generate_series(1, 2500) i`,
    );
    const messages = await harness.messages('getCustomersOfUser', { user_id: 'u' });
    expect(Math.max(...messages.map(({ keys }) => keys.length))).toBeLessThanOrEqual(1_000);
    expect(messages.flatMap(({ keys }) => keys)).toEqual(
      Array.from({ length: 2_500 }, (_, i) => key(`c${i + 1}`, `bank${(i + 1) % 7}`)),
    );
  });
});

describe('batchGetUsersOfCustomers and batchGetAccountLinksOfCustomers', () => {
  const usersOf = async (keys: CustomerKey[]) =>
    (await harness.messages('batchGetUsersOfCustomers', { keys }))
      .flatMap(({ users }) => users)
      .map(({ key: of, user_id }) => `${of?.bank_id}/${of?.customer_id}/${user_id}`);
  const linksOf = async (keys: CustomerKey[]) =>
    (await harness.messages('batchGetAccountLinksOfCustomers', { keys })).flatMap(({ links }) => links);

  it('go in the order of the links within a customer and keep to the bank', async () => {
    await userLink('l2', 'c1', 'u1');
    await userLink('l1', 'c1', 'u2');
    await userLink('l1', 'c1', 'u3', 'other');
    await userLink('l3', 'c2', 'u1');
    expect(await usersOf([key('c2'), key('c1'), key('c1', 'other'), key('nobody')])).toEqual([
      `${bank}/c2/u1`,
      `${bank}/c1/u2`,
      `${bank}/c1/u1`,
      'other/c1/u3',
    ]);
    await accountLink('k2', 'c1', 'a1');
    await accountLink('k1', 'c1', 'a2');
    expect(await linksOf([key('nobody'), key('c1')])).toEqual([
      {
        customer_account_link_id: 'k1',
        customer_id: 'c1',
        bank_id: bank,
        account_id: 'a2',
        relationship_type: 'Owner',
        version: 1,
      },
      {
        customer_account_link_id: 'k2',
        customer_id: 'c1',
        bank_id: bank,
        account_id: 'a1',
        relationship_type: 'Owner',
        version: 1,
      },
    ]);
    expect(harness.neighbours.asked).toEqual([]);
  });

  it('answer an empty list for nobody, and nothing of agents', async () => {
    await accountLink('k1', 'agent', 'a1', true);
    expect(await harness.messages('batchGetUsersOfCustomers', { keys: [] })).toEqual([{ users: [] }]);
    expect(await harness.messages('batchGetUsersOfCustomers', { keys: [key('x')] })).toEqual([{ users: [] }]);
    expect(await harness.messages('batchGetAccountLinksOfCustomers', { keys: [key('agent')] })).toEqual([
      { links: [] },
    ]);
  });

  it('read on through thousands of links, of many customers and of one', async () => {
    await harness.sql(
      `insert into user_customer_link select $1, 'l' || lpad(i::text, 6, '0'), 'c' || i % 1000, 'u' || i, now(), true from generate_series(1, 3000) i`,
      [bank],
    );
    await harness.sql(
      `insert into user_customer_link select $1, 'm' || lpad(i::text, 6, '0'), 'c500', 'v' || i, now(), true from generate_series(1, 2100) i`,
      [bank],
    );
    const keys = Array.from({ length: 1_000 }, (_, i) => key(`c${i}`));
    const expected = keys.flatMap(({ customer_id }, i) => [
      ...[0, 1, 2].map((n) => `${bank}/${customer_id}/u${i === 0 ? 1_000 * (n + 1) : i + 1_000 * n}`),
      ...(i === 500 ? Array.from({ length: 2_100 }, (_, n) => `${bank}/c500/v${n + 1}`) : []),
    ]);
    expect(await usersOf(keys)).toEqual(expected);
  });
});

describe('linkAgent and findAgentAccount', () => {
  const linkAgent = (link_id: string, account_id: string) =>
    harness.call('linkAgent', { bank_id: bank, agent_id: 'agent', account_id, link_id });
  const accountOf = async (agent_id: string, bank_id = bank) =>
    (await harness.call('findAgentAccount', { bank_id, agent_id })).account_id;

  it('may be repeated, also at the same time', async () => {
    await Promise.all(Array.from({ length: 10 }, () => linkAgent('l1', 'a1')));
    expect(
      await harness.sql('select customer_account_link_id, relationship_type, is_agent from customer_account_link'),
    ).toEqual([{ customer_account_link_id: 'l1', relationship_type: 'Owner', is_agent: true }]);
    expect(await accountOf('agent')).toBe('a1');
    await linkAgent('l0', 'a0');
    expect(await accountOf('agent')).toBe('a0');
  });

  it('find nothing for an unknown agent, another bank or a customer', async () => {
    await linkAgent('l1', 'a1');
    await accountLink('k1', 'c1', 'a1');
    expect([await accountOf('agent', 'other'), await accountOf('unknown'), await accountOf('c1')]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('forgetCustomerLinks', () => {
  const forget = (customer_id: string) => harness.call('forgetCustomerLinks', { key: key(customer_id) });
  const createAndChange = async (customer_id: string, account_id: string) => {
    const { customer_account_link_id } = await harness.call('createCustomerAccountLink', {
      bank_id: bank,
      body: { bank_id: bank, customer_id, account_id, relationship_type: '' },
    });
    return harness.call('updateCustomerAccountLinkById', {
      bank_id: bank,
      customer_account_link_id,
      body: { relationship_type: 'changed' },
    });
  };
  const rows = async (customer_id: string) =>
    (
      await harness.sql(
        'select 1 from user_customer_link where customer_id = $1 union all select 1 from customer_account_link where customer_id = $1',
        [customer_id],
      )
    ).length;

  it('removes both kinds of links of the customer, and no others, as often as it is told', async () => {
    await userLink('l1', 'c1', 'u');
    await userLink('l2', 'c2', 'u');
    await userLink('l1', 'c1', 'u', 'other');
    await accountLink('k1', 'c1', 'a');
    await accountLink('k2', 'agent', 'a', true);
    expect(await forget('c1')).toEqual({});
    expect(await forget('c1')).toEqual({});
    expect(await customersOf('u', null)).toEqual([key('c1', 'other'), key('c2')]);
    expect(await harness.sql('select customer_account_link_id from customer_account_link')).toEqual([
      { customer_account_link_id: 'k2' },
    ]);
  });

  it('takes no more links, whatever the customers service says, also after a restart', async () => {
    const { customers, users, accounts } = harness.neighbours;
    customers.add(`${bank}/late`);
    users.add('u');
    accounts.add(`${bank}/a`);
    await forget('late');
    await harness.restart();
    await expect(
      harness.call('createUserCustomerLinks', { bank_id: bank, body: { user_id: 'u', customer_id: 'late' } }),
    ).rejects.toThrow('OBP-30046');
    await expect(
      harness.call('createCustomerAccountLink', {
        bank_id: bank,
        body: { bank_id: bank, customer_id: 'late', account_id: 'a', relationship_type: '' },
      }),
    ).rejects.toThrow('OBP-30046');
    expect(await rows('late')).toBe(0);
  });

  it('leaves nothing behind when 20 writers race with it, 20 times', async () => {
    const { customers, users, accounts } = harness.neighbours;
    const random = createRandom();
    for (let n = 0; n < 10; n += 1) {
      users.add(`u${n}`);
      accounts.add(`${bank}/a${n}`);
    }
    for (let round = 0; round < 20; round += 1) {
      const customer_id = `race${round}`;
      // The customers service still answers that the customer exists, so only this service can keep the writers out.
      customers.add(`${bank}/${customer_id}`);
      let written = 0;
      let forgotten = false;
      const writers = Array.from({ length: 20 }, async (_, n) => {
        // Half of them write before the customer is forgotten, the others meanwhile.
        if (n >= 10) await eventually(5_000, 'the rows', () => forgotten);
        await sleep(random.int(0, 10));
        if (n % 2 === 0)
          await harness.call('createUserCustomerLinks', { bank_id: bank, body: { user_id: `u${n / 2}`, customer_id } });
        else await createAndChange(customer_id, `a${(n - 1) / 2}`);
        written += 1;
      });
      const settled = Promise.allSettled(writers);
      await eventually(5_000, 'the rows', () => written >= random.int(1, 10));
      forgotten = true;
      await sleep(random.int(0, 10));
      await forget(customer_id);
      const results = await settled;
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
      expect(refused.filter((reason) => !/OBP-30046|OBP-30225/.test(reason))).toEqual([]);
      expect(await rows(customer_id)).toBe(0);
    }
  }, 60_000);
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CreateCustomerAccountLinkJson, CustomerAccountLink } from '@platform/messages';
import { setTimeout as sleep } from 'node:timers/promises';
import { bank, createHarness, type Harness, refusal } from './harness.js';

const alreadyLinked = 'OBP-30223: The Account is already linked to a Customer at the bank specified by BANK_ID';
const noLink = 'OBP-30225: Customer Account Link not found. Please specify valid values for CUSTOMER_ACCOUNT_LINK_ID.';
const noCustomer = (id: string) =>
  `OBP-30046: Customer not found. Please specify a valid value for CUSTOMER_ID.. Current CustomerId(${id})`;
const noAccount = (id: string) =>
  `OBP-30018: Bank Account not found. Please specify valid values for BANK_ID and ACCOUNT_ID.  Current BankId is ${bank} and Current AccountId is ${id}`;

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});
afterAll(() => harness.close());
beforeEach(() => {
  const { customers, accounts } = harness.neighbours;
  for (const id of ['c1', 'c2']) customers.add(`${bank}/${id}`);
  for (const id of ['a1', 'a2']) accounts.add(`${bank}/${id}`);
  accounts.add('other/a3');
});
afterEach(async () => {
  harness.neighbours.before = () => sleep(0);
  await harness.sql('truncate customer_account_link, customer_presence');
});

const bodyOf = (body: Partial<CreateCustomerAccountLinkJson> = {}): CreateCustomerAccountLinkJson => ({
  customer_id: 'c1',
  bank_id: bank,
  account_id: 'a1',
  relationship_type: 'Owner',
  ...body,
});
const link = (body?: Partial<CreateCustomerAccountLinkJson>) =>
  harness.call('createCustomerAccountLink', { bank_id: bank, body: bodyOf(body) });
const linkAgent = (agent_id: string, account_id: string, link_id = `link-of-${agent_id}`) =>
  harness.call('linkAgent', { bank_id: bank, agent_id, account_id, link_id });
const joined = (messages: { links: CustomerAccountLink[] }[]) => messages.flatMap(({ links }) => links);
const ofAccount = async (account_id: string, bank_id = bank) =>
  joined(await harness.messages('getCustomerAccountLinksByBankIdAccountId', { bank_id, account_id }));
const ofCustomer = async (customer_id: string, bank_id = bank) =>
  joined(await harness.messages('getCustomerAccountLinksByCustomerId', { bank_id, customer_id }));
const read = (customer_account_link_id: string, bank_id = bank) =>
  harness.call('getCustomerAccountLinkById', { bank_id, customer_account_link_id });
const update = (customer_account_link_id: string, relationship_type: string, bank_id = bank) =>
  harness.call('updateCustomerAccountLinkById', { bank_id, customer_account_link_id, body: { relationship_type } });
const remove = (customer_account_link_id: string, bank_id = bank) =>
  harness.call('deleteCustomerAccountLinkById', { bank_id, customer_account_link_id });

describe('createCustomerAccountLink', () => {
  it('answers the link in wire order and stores it', async () => {
    const created = await link();
    expect(Object.keys(created)).toEqual([
      'customer_account_link_id',
      'customer_id',
      'bank_id',
      'account_id',
      'relationship_type',
      'version',
    ]);
    expect(created).toEqual({
      customer_account_link_id: expect.any(String),
      customer_id: 'c1',
      bank_id: bank,
      account_id: 'a1',
      relationship_type: 'Owner',
      version: 1,
    });
    expect(await read(created.customer_account_link_id)).toEqual(created);
    expect(await ofAccount('a1')).toEqual([created]);
    expect(await ofCustomer('c1')).toEqual([created]);
  });

  it('takes any relationship of up to 255 characters', async () => {
    expect(await link({ relationship_type: '' })).toMatchObject({ relationship_type: '' });
    const long = '😀'.repeat(255);
    expect(await link({ account_id: 'a2', relationship_type: long })).toMatchObject({ relationship_type: long });
    expect(await refusal(link({ customer_id: 'c2', relationship_type: `${long}x` }))).toBe(
      'OBP-10001: Incorrect json format. relationship_type must not be longer than 255 characters.',
    );
    expect(await refusal(link({ customer_id: 'c2', relationship_type: 'a\0' }))).toBe(
      'OBP-10001: Incorrect json format. relationship_type must not contain the NUL character.',
    );
  });

  it('refuses in the order body, customer, account, duplicate', async () => {
    await link();
    expect(await refusal(harness.call('createCustomerAccountLink', { bank_id: bank, body: null }))).toBe(
      'OBP-10001: Incorrect json format. The field body must be given.',
    );
    expect(await refusal(link({ bank_id: 'other', customer_id: 'nobody' }))).toBe(
      'OBP-10001: Incorrect json format. bank_id must be the BANK_ID of the URL.',
    );
    expect(await refusal(link({ bank_id: '' }))).toBe(
      'OBP-10001: Incorrect json format. bank_id must be the BANK_ID of the URL.',
    );
    expect(await refusal(link({ customer_id: 'nobody', account_id: 'nothing' }))).toBe(noCustomer('nobody'));
    expect(await refusal(link({ customer_id: '' }))).toBe(noCustomer(''));
    for (const account_id of ['nothing', '', 'a3', 'a\0', 'x'.repeat(256)])
      expect(await refusal(link({ account_id }))).toBe(noAccount(account_id));
    expect(await refusal(link({ relationship_type: 'Other' }))).toBe(alreadyLinked);
    expect(await ofCustomer('c1')).toMatchObject([{ relationship_type: 'Owner' }]);
  });

  it('links one account to several customers and one customer to several accounts, oldest first', async () => {
    const [first, second, third] = [await link(), await link({ account_id: 'a2' }), await link({ customer_id: 'c2' })];
    expect(await ofCustomer('c1')).toEqual([first, second]);
    expect(await ofAccount('a1')).toEqual([first, third]);
  });

  it('makes one link of 50 at once', async () => {
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => link()));
    const reasons = results.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as Error).message] : [],
    );
    expect(reasons).toEqual(Array(49).fill(alreadyLinked));
    expect(await ofCustomer('c1')).toHaveLength(1);
  });
});

describe('a link of an account', () => {
  it('changes its relationship and nothing else', async () => {
    const created = await link();
    const changed = { ...created, relationship_type: 'Joint owner', version: 2 };
    expect(await update(created.customer_account_link_id, 'Joint owner')).toEqual(changed);
    expect(await read(created.customer_account_link_id)).toEqual(changed);
    expect(await harness.sql('select version from customer_account_link')).toEqual([{ version: 2 }]);
    expect(await refusal(update(created.customer_account_link_id, 'x'.repeat(256)))).toMatch(
      /^OBP-10001: .* relationship_type must not be longer than 255 characters\.$/,
    );
    const none = harness.call('updateCustomerAccountLinkById', {
      bank_id: bank,
      customer_account_link_id: 'unknown',
      body: null,
    });
    expect(await refusal(none)).toBe('OBP-10001: Incorrect json format. The field body must be given.');
  });

  it('is deleted once', async () => {
    const { customer_account_link_id } = await link();
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => remove(customer_account_link_id)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect((result.reason as Error).message).toBe(noLink);
    expect(await ofAccount('a1')).toEqual([]);
    await link();
  });

  it.each(['unknown', '', 'a\0', 'x'.repeat(256)])('is not known by %j', async (id) => {
    expect(await Promise.all([read(id), update(id, ''), remove(id)].map(refusal))).toEqual([noLink, noLink, noLink]);
  });

  it('is not known at another bank, nor when its customer is deleted', async () => {
    const { customer_account_link_id: id } = await link();
    expect(await Promise.all([read(id, 'other'), update(id, 'x', 'other'), remove(id, 'other')].map(refusal))).toEqual([
      noLink,
      noLink,
      noLink,
    ]);
    harness.neighbours.customers.delete(`${bank}/c1`);
    expect(await Promise.all([read(id), update(id, 'x'), remove(id)].map(refusal))).toEqual([noLink, noLink, noLink]);
    expect(await harness.sql('select relationship_type from customer_account_link')).toEqual([
      { relationship_type: 'Owner' },
    ]);
  });
});

describe('lists of links of accounts', () => {
  it('are refused for an unknown account and for an unknown customer', async () => {
    for (const account_id of ['unknown', 'a\0', 'é']) {
      expect(
        await refusal(harness.messages('getCustomerAccountLinksByBankIdAccountId', { bank_id: bank, account_id })),
      ).toBe(
        `OBP-30018: Bank Account not found. Please specify valid values for BANK_ID and ACCOUNT_ID.  Current BankId is ${bank} and Current AccountId is ${account_id}`,
      );
    }
    expect(await harness.messages('getCustomerAccountLinksByCustomerId', { bank_id: bank, customer_id: 'c2' })).toEqual(
      [{ links: [] }],
    );
    for (const customer_id of ['unknown', 'a\0'])
      expect(await refusal(ofCustomer(customer_id))).toBe(noCustomer(customer_id));
    expect(await refusal(ofCustomer('c1', 'other'))).toBe(noCustomer('c1'));
  });

  it('leave out a deleted customer at once', async () => {
    await link();
    const kept = await link({ customer_id: 'c2' });
    harness.neighbours.customers.delete(`${bank}/c1`);
    expect(await ofAccount('a1')).toEqual([kept]);
    expect(await refusal(ofCustomer('c1'))).toBe(noCustomer('c1'));
  });

  it('come in messages far below 4 MB', async () => {
    await harness.sql(
      `insert into customer_account_link select $1, 'l' || lpad(i::text, 6, '0'), 'c1', 'a' || i, repeat('😀', 255), false from generate_series(1, 1300) i`,
      [bank],
    );
    const messages = await harness.messages('getCustomerAccountLinksByCustomerId', {
      bank_id: bank,
      customer_id: 'c1',
    });
    expect(messages.map(({ links }) => links.length)).toEqual([100, 500, 500, 200]);
    expect(joined(messages).map(({ account_id }) => account_id)).toEqual(
      Array.from({ length: 1300 }, (_, i) => `a${i + 1}`),
    );
  });
});

describe('a link of an agent', () => {
  it('is seen, changed and deleted by id, without asking about a customer', async () => {
    const own = {
      customer_account_link_id: 'link-of-agent1',
      customer_id: 'agent1',
      bank_id: bank,
      account_id: 'a1',
      relationship_type: 'Owner',
      version: 1,
    };
    const changed = { ...own, relationship_type: 'Renter', version: 2 };
    await linkAgent('agent1', 'a1');
    const customers = await link();
    harness.neighbours.asked.length = 0;
    expect(await read('link-of-agent1')).toEqual(own);
    expect(await update('link-of-agent1', 'Renter')).toEqual(changed);
    expect(harness.neighbours.asked).toEqual([]);
    expect(await ofAccount('a1')).toEqual(expect.arrayContaining([changed, customers]));
    expect(await refusal(ofCustomer('agent1'))).toBe(noCustomer('agent1'));
    await remove('link-of-agent1');
    expect(await refusal(read('link-of-agent1'))).toBe(noLink);
    expect(await harness.call('findAgentAccount', { bank_id: bank, agent_id: 'agent1' })).toEqual({ account_id: null });
  });
});

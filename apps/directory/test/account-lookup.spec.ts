import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure } from '@platform/messages';
import { all, asUser, context, methods, startDirectory } from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
let admin_id: string;
let bank_id: string;
let other_bank: string;
beforeAll(async () => {
  directory = await startDirectory();
  admin_id = (await directory.admin()).user_id;
  bank_id = (await directory.createBank(admin_id)).id;
  other_bank = (await directory.createBank(admin_id)).id;
});
afterAll(() => directory.close());

const find = (name: string, value: string, at = bank_id) =>
  all(directory.peer.stream(methods.findAccountsByAttribute, { bank_id: at, name, value }, context()));
const found = async (...query: Parameters<typeof find>) =>
  (await find(...query)).flatMap(({ accounts }) => accounts.map(({ account_id }) => account_id));

/** Inserts accounts of the bank, each with an attribute, directly into the database. */
async function fill(prefix: string, count: number, name: string, value: string): Promise<void> {
  await directory.rows(
    `insert into account (bank_id, account_id, account_number, user_id, holder, label, product_code, branch_id, currency, created_at)
     select $1, $2 || lpad(n::text, 5, '0'), $2 || n, '', '', '', '', '', 'EUR', now() from generate_series(1, $3::integer) n`,
    [bank_id, prefix, count],
  );
  await directory.rows(
    `insert into account_attribute select $1, $2 || lpad(n::text, 5, '0'), 'attribute', 'P', '', $4, 'STRING', $5, now() from generate_series(1, $3::integer) n`,
    [bank_id, prefix, count, name, value],
  );
}

describe('findAccounts', () => {
  const find = (ids: string[], at = bank_id) =>
    directory.peer.call(methods.findAccounts, { bank_id: at, account_ids: ids }, context());

  it('answers the ids of accounts of the bank, however many are asked for', async () => {
    const one = await directory.addAccount(admin_id, bank_id, {});
    const elsewhere = await directory.addAccount(admin_id, other_bank);
    const many = Array.from({ length: 2_500 }, (_, n) => `unknown-${n}`);
    expect((await find([...many, one.account_id, elsewhere.account_id, 'two words', 'a\0', ''])).account_ids).toEqual([
      one.account_id,
    ]);
    expect((await find([])).account_ids).toEqual([]);
    expect((await find([one.account_id], 'a\0')).account_ids).toEqual([]);
  });

  it("is the platform's alone", async () => {
    await expect(
      directory.peer.call(methods.findAccounts, { bank_id, account_ids: [] }, asUser(admin_id)),
    ).rejects.toMatchObject({ failure: Failure.FAILURE_USER_HAS_MISSING_ROLES });
  });
});

describe('batchGetAccounts', () => {
  it('answers those that exist at the bank, each once, with routings as given and attributes oldest first', async () => {
    const account_routings = ['Z', 'A', 'M'].map((scheme) => ({ scheme, address: `${scheme}1` }));
    const one = await directory.addAccount(admin_id, bank_id, { account_routings });
    const two = await directory.addAccount(admin_id, bank_id, { label: 'Two' });
    const elsewhere = await directory.addAccount(admin_id, other_bank);
    const account_attributes = [];
    for (const value of ['c', 'a', 'b'])
      account_attributes.push(await directory.addAccountAttribute(bank_id, one.account_id, { type: 'STRING', value }));
    const ids = [
      two.account_id,
      one.account_id,
      two.account_id,
      elsewhere.account_id,
      'unknown',
      'two words',
      'a\0',
      '',
    ];
    const accounts = await directory.getAccounts(bank_id, ids);
    expect(accounts).toHaveLength(2);
    expect(accounts).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ bank_id, account_id: one.account_id, account_routings, account_attributes }),
        expect.objectContaining({
          bank_id,
          account_id: two.account_id,
          label: 'Two',
          account_routings: [],
          account_attributes: [],
        }),
      ]),
    );
  });

  it('answers one empty message for nothing', async () => {
    for (const [at, ids] of [
      [bank_id, []],
      [bank_id, ['unknown']],
      ['a\0', ['unknown']],
    ] as const) {
      expect(
        await all(directory.peer.stream(methods.batchGetAccounts, { bank_id: at, account_ids: [...ids] }, context())),
      ).toEqual([{ accounts: [] }]);
    }
  });

  it('streams heavy accounts in messages a client takes, in one read each for many light ones', async () => {
    await fill('heavy.', 3, 'n', 'v');
    await directory.rows(
      "insert into account_attribute select $1, 'heavy.' || lpad(a::text, 5, '0'), lpad(n::text, 8, '0'), 'P', '', 'n', 'STRING', $2, now() from generate_series(1, 3) a, generate_series(1, 350) n",
      [bank_id, '語'.repeat(2000)],
    );
    const messages = await all(
      directory.peer.stream(
        methods.batchGetAccounts,
        { bank_id, account_ids: ['heavy.00003', 'heavy.00001', 'heavy.00002'] },
        context(),
      ),
    );
    expect(messages).toHaveLength(3);
    expect(
      messages.flatMap(({ accounts }) => accounts.map(({ account_attributes }) => account_attributes.length)),
    ).toEqual([351, 351, 351]);
  });

  it("is the platform's alone, like findAccountsByAttribute", async () => {
    const refusal = { failure: Failure.FAILURE_USER_HAS_MISSING_ROLES };
    await expect(
      all(directory.peer.stream(methods.batchGetAccounts, { bank_id, account_ids: [] }, asUser(admin_id))),
    ).rejects.toMatchObject(refusal);
    await expect(
      all(directory.peer.stream(methods.findAccountsByAttribute, { bank_id, name: '', value: '' }, asUser(admin_id))),
    ).rejects.toMatchObject(refusal);
  });
});

describe('findAccountsByAttribute', () => {
  it('answers each account of the bank once, by id, with all its attributes', async () => {
    const ids = [];
    for (let n = 0; n < 3; n += 1) ids.push((await directory.addAccount(admin_id, bank_id)).account_id);
    const far = (await directory.addAccount(admin_id, other_bank)).account_id;
    const pair = { name: 'customer_number', type: 'STRING', value: '4711' };
    for (const id of [ids[2], ids[0], ids[0]] as string[]) await directory.addAccountAttribute(bank_id, id, pair);
    await directory.addAccountAttribute(bank_id, ids[0] as string, { ...pair, name: 'Customer_number' });
    await directory.addAccountAttribute(bank_id, ids[1] as string, { ...pair, value: '47110' });
    await directory.addAccountAttribute(other_bank, far, pair);
    const [message] = await find('customer_number', '4711');
    expect(
      message?.accounts.map(({ account_id, account_attributes }) => [account_id, account_attributes.length]),
    ).toEqual([
      [ids[0], 3],
      [ids[2], 1],
    ]);
    expect(await found('customer_number', '4711', other_bank)).toEqual([far]);
    for (const value of ['4712', '471', '', '%', 'x'.repeat(3000)])
      expect(await find('customer_number', value)).toEqual([{ accounts: [] }]);
  });

  it('tells values apart that begin alike', async () => {
    const { account_id } = await directory.addAccount(admin_id, bank_id);
    const value = 'é'.repeat(2000);
    await directory.addAccountAttribute(bank_id, account_id, { name: 'é'.repeat(255), type: 'STRING', value });
    expect(await found('é'.repeat(255), value)).toEqual([account_id]);
    expect(await found('é'.repeat(255), `${value.slice(1)}e`)).toEqual([]);
  });

  it('answers any number of accounts', async () => {
    await fill('many.', 1_001, 'shared', 'yes');
    const ids = await found('shared', 'yes');
    expect(ids).toHaveLength(1_001);
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  it('refuses NUL', async () => {
    await expect(find('a\0', 'b')).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
    await expect(find('a', '\0')).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
  });
});

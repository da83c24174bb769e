import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Rpc, rpc } from '@platform/grpc';
import {
  AccountServiceDefinition,
  Failure,
  type GetCoreAccountByIdThroughViewRequest as ViewRequest,
} from '@platform/messages';
import { sessionOptions } from '@platform/persistence';
import { createExplainer, onPlainPostgres } from '@platform/testing';
import { accountsHeld, accountsHeldAtBank, accountWithHolder } from '../src/account/held-account.sql.js';
import { all, asUser, context, methods, newName, startDirectory } from './directory.js';

const rpcs = {
  core: rpc(AccountServiceDefinition, 'getCoreAccountById'),
  throughView: rpc(AccountServiceDefinition, 'getCoreAccountByIdThroughView'),
  full: rpc(AccountServiceDefinition, 'getPrivateAccountByIdFull'),
  allBanks: rpc(AccountServiceDefinition, 'corePrivateAccountsAllBanks'),
  basicAtBank: rpc(AccountServiceDefinition, 'getPrivateAccountsAtOneBank'),
  coreAtBank: rpc(AccountServiceDefinition, 'privateAccountsAtOneBank'),
};

let directory: Awaited<ReturnType<typeof startDirectory>>;
let admin_id: string;
let bank_id: string;
let other_bank: string;
let user_id: string;
let username: string;
beforeAll(async () => {
  directory = await startDirectory();
  admin_id = (await directory.admin()).user_id;
  bank_id = (await directory.createBank(admin_id, { id: newName('a') })).id;
  other_bank = (await directory.createBank(admin_id, { id: newName('b') })).id;
  ({ user_id, username } = await directory.createUser());
});
afterAll(() => directory.close());

const account_routings = [
  { scheme: 'Z', address: 'z1' },
  { scheme: 'IBAN', address: `it's ?\\ "é中😀"` },
];
const views = [{ id: 'owner', short_name: 'Owner', description: 'Owner View', is_public: false }];
/** A user who holds the last 501 of 10,501 accounts at two banks. */
async function holderOfMany(name: string): Promise<string> {
  const holder = (await directory.createUser()).user_id;
  await directory.rows(
    `insert into account (bank_id, account_id, account_number, user_id, holder, label, product_code, branch_id, currency, created_at)
     select case n % 2 when 0 then $1 else $2 end, $4 || '-' || lpad(n::text, 5, '0'), $4 || '-' || n, case when n <= 10000 then '' else $3 end, '', repeat('é', 255), '', '', 'EUR', now()
     from generate_series(1, 10501) n`,
    [bank_id, other_bank, holder, name],
  );
  return holder;
}
const listed = (rpcs: AsyncIterable<{ accounts: { id: string }[] }>) =>
  all(rpcs).then((messages) => messages.flatMap(({ accounts }) => accounts));

describe('one account', () => {
  let account_id: string;
  let core: object;
  beforeAll(async () => {
    ({ account_id } = await directory.addAccount(user_id, bank_id, { account_routings, label: 'Mine' }));
    await directory.rows('update account set balance = 1000.50 where account_id = $1', [account_id]);
    const [{ account_number } = {}] = await directory.rows('select account_number from account where account_id = $1', [
      account_id,
    ]);
    core = {
      id: account_id,
      bank_id,
      label: 'Mine',
      number: account_number,
      product_code: 'CURRENT',
      balance: { currency: 'EUR', amount: '1000.50' },
      account_routings,
      views_basic: ['owner'],
    };
  });

  it('getCoreAccountById shows it to its holder', async () => {
    const found = await directory.peer.call(rpcs.core, { bank_id, account_id }, asUser(user_id, [], bank_id));
    expect(JSON.stringify(found)).toBe(JSON.stringify(core));
  });

  it('getCoreAccountByIdThroughView shows it through the view owner', async () => {
    expect(
      await directory.peer.call(
        rpcs.throughView,
        { bank_id, account_id, view_id: 'owner' },
        asUser(user_id, [], bank_id),
      ),
    ).toEqual(core);
  });

  it('getPrivateAccountByIdFull adds owners, views and attributes, oldest first, however many', async () => {
    const first = await directory.addAccountAttribute(bank_id, account_id);
    await directory.rows(
      `insert into account_attribute select $1, $2, 'z' || lpad(n::text, 5, '0'), 'P', '', 'n', 'STRING', n::text, now() from generate_series(1, 600) n`,
      [bank_id, account_id],
    );
    const found = await directory.peer.call(
      rpcs.full,
      { bank_id, account_id, view_id: 'owner' },
      asUser(user_id, [], bank_id),
    );
    const { views_basic: _, id, bank_id: at, label, number, product_code, balance } = core as Record<string, unknown>;
    expect(JSON.stringify({ ...found, account_attributes: [] })).toBe(
      JSON.stringify({
        id,
        label,
        number,
        owners: [{ id: username, provider: 'http://127.0.0.1:8080', display_name: username }],
        product_code,
        balance,
        views_available: views,
        bank_id: at,
        account_routings,
        account_attributes: [],
        tags: [],
      }),
    );
    expect(found.account_attributes[0]).toEqual(first);
    expect(found.account_attributes.slice(1).map(({ value }) => value)).toEqual(
      Array.from({ length: 600 }, (_value, n) => `${n + 1}`),
    );
  });

  it('is shown to nobody else, nor through another view', async () => {
    const denied = (detail: string) => ({ failure: Failure.FAILURE_VIEW_ACCESS_DENIED, detail });
    const stranger = (await directory.createUser()).user_id;
    for (const caller of [stranger, admin_id]) {
      await expect(
        directory.peer.call(rpcs.core, { bank_id, account_id }, asUser(caller, [], bank_id)),
      ).rejects.toMatchObject({
        message: `OBP-20019: User does not have access to owner view. userId : ${caller}. bankId : ${bank_id}. accountId : ${account_id}`,
      });
      for (const one of [rpcs.throughView, rpcs.full] as Rpc<ViewRequest, object>[]) {
        await expect(
          directory.peer.call(one, { bank_id, account_id, view_id: 'owner' }, asUser(caller, [], bank_id)),
        ).rejects.toMatchObject(denied(' Current ViewId is owner'));
      }
    }
    for (const view_id of ['public', 'Owner', '_test', '', 'a\0']) {
      for (const one of [rpcs.throughView, rpcs.full] as Rpc<ViewRequest, object>[]) {
        await expect(
          directory.peer.call(one, { bank_id, account_id, view_id }, asUser(user_id, [], bank_id)),
        ).rejects.toMatchObject(denied(` Current ViewId is ${view_id}`));
      }
    }
  });

  it("refuses the account of nobody, which an agent's is", async () => {
    const agents = newName('account');
    await directory.peer.call(
      methods.openAccount,
      { bank_id, account_id: agents, kind: 'AGENT', label: '', currency: 'EUR', holder: '' },
      context(),
    );
    await expect(
      directory.peer.call(rpcs.core, { bank_id, account_id: agents }, asUser(user_id, [], bank_id)),
    ).rejects.toMatchObject({ failure: Failure.FAILURE_NO_OWNER_VIEW });
  });

  it('is not found by an unknown id, at another bank, by what is no id', async () => {
    for (const [at, id] of [
      [bank_id, 'unknown'],
      [other_bank, account_id],
      [bank_id, 'two words'],
      [bank_id, 'a\0'],
      ['a\0', account_id],
      [bank_id, ''],
    ] as const) {
      const unknown = {
        failure: Failure.FAILURE_BANK_ACCOUNT_NOT_FOUND,
        detail: ` Current BankId is ${at} and Current AccountId is ${id}`,
      };
      await expect(
        directory.peer.call(rpcs.core, { bank_id: at, account_id: id }, asUser(user_id, [], at)),
      ).rejects.toMatchObject(unknown);
      await expect(
        directory.peer.call(
          rpcs.throughView,
          { bank_id: at, account_id: id, view_id: 'none' },
          asUser(user_id, [], at),
        ),
      ).rejects.toMatchObject(unknown);
      await expect(
        directory.peer.call(rpcs.full, { bank_id: at, account_id: id, view_id: 'owner' }, asUser(user_id, [], at)),
      ).rejects.toMatchObject(unknown);
    }
  });

  it('is for users alone', async () => {
    await expect(directory.peer.call(rpcs.core, { bank_id, account_id }, context())).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_LOGGED_IN,
    });
    await expect(all(directory.peer.stream(rpcs.allBanks, {}, context()))).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_NOT_LOGGED_IN,
    });
  });
});

describe('lists of accounts', () => {
  it('have the accounts that the caller holds, by bank and id, and nobody else’s', async () => {
    const holder = (await directory.createUser()).user_id;
    const there = await directory.addAccount(holder, other_bank, { label: 'There' });
    const here = [
      await directory.addAccount(holder, bank_id, { account_routings: [{ scheme: 'A', address: newName('x') }] }),
      await directory.addAccount(holder, bank_id),
    ];
    await directory.addAccount(user_id, bank_id);
    const shown = (
      bank: string,
      { account_id, label, product_code, account_routings: routings }: (typeof here)[number],
    ) => ({
      id: account_id,
      label,
      bank_id: bank,
      account_type: product_code,
      account_routings: routings,
      views,
    });
    const atBank = here.map((account) => shown(bank_id, account)).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(
      JSON.stringify(await listed(directory.peer.stream(rpcs.coreAtBank, { bank_id }, asUser(holder, [], bank_id)))),
    ).toBe(JSON.stringify(atBank));
    expect(await listed(directory.peer.stream(rpcs.allBanks, {}, asUser(holder)))).toEqual([
      ...atBank,
      shown(other_bank, there),
    ]);
    const basic = await listed(
      directory.peer.stream(rpcs.basicAtBank, { bank_id: other_bank }, asUser(holder, [], other_bank)),
    );
    expect(JSON.stringify(basic)).toBe(
      JSON.stringify([
        {
          id: there.account_id,
          label: 'There',
          bank_id: other_bank,
          views_available: [{ id: 'owner', short_name: 'Owner', is_public: false }],
        },
      ]),
    );
  });

  it('are empty lists where there is nothing', async () => {
    const nobody = (await directory.createUser()).user_id;
    expect(await all(directory.peer.stream(rpcs.allBanks, {}, asUser(nobody)))).toEqual([{ accounts: [] }]);
    for (const at of [bank_id, 'no.bank', 'a\0', '']) {
      expect(await all(directory.peer.stream(rpcs.basicAtBank, { bank_id: at }, asUser(nobody, [], at)))).toEqual([
        { accounts: [] },
      ]);
      expect(await all(directory.peer.stream(rpcs.coreAtBank, { bank_id: at }, asUser(nobody, [], at)))).toEqual([
        { accounts: [] },
      ]);
    }
  });

  it('go on over many pages and banks, each account once', async () => {
    const holder = await holderOfMany('many');
    const found = await listed(directory.peer.stream(rpcs.allBanks, {}, asUser(holder)));
    const ids = Array.from({ length: 501 }, (_, n) => `many-${n + 10_001}`);
    expect(found.map(({ id }) => id)).toEqual([
      ...ids.filter((_id, n) => n % 2 === 1),
      ...ids.filter((_id, n) => n % 2 === 0),
    ]);
    expect(
      (await listed(directory.peer.stream(rpcs.basicAtBank, { bank_id }, asUser(holder, [], bank_id)))).map(
        ({ id }) => id,
      ),
    ).toEqual(ids.filter((_id, n) => n % 2 === 1));
  });

  onPlainPostgres(it)('find an account, or the next of a holder, by an index', async () => {
    const holder = await holderOfMany('more');
    await directory.rows('vacuum analyze account, account_routing');
    const explainer = await createExplainer(directory.database_url, sessionOptions);
    try {
      const plans = [
        { statement: accountsHeld, values: [holder, bank_id, 'more-10100', 100], index: 'account_by_holder' },
        { statement: accountsHeldAtBank, values: [holder, bank_id, 'more-10100', 100], index: 'account_by_holder' },
        { statement: accountWithHolder, values: [bank_id, 'more-00100'], index: 'account_pkey' },
      ];
      for (const { statement, values, index } of plans) {
        for (const mode of ['custom', 'generic'] as const) {
          const nodes = (await explainer.plan(statement.text, values, mode)).filter(
            (node) => node['Relation Name'] === 'account',
          );
          expect(nodes.map((node) => node['Index Name'])).toEqual([index]);
        }
      }
    } finally {
      await explainer.close();
    }
  });

  it('fit messages, also with every text at its limit', async () => {
    const holder = (await directory.createUser()).user_id;
    const routings = Array.from({ length: 100 }, (_, n) => ({
      scheme: `${n}`.padEnd(255, '中'),
      address: '中'.repeat(255),
    }));
    await directory.addAccount(holder, bank_id, { account_routings: routings });
    await directory.rows(
      `insert into account select bank_id, account_id || n, account_number || '-' || n, user_id, holder, label, product_code, branch_id, currency, balance, created_at
       from account, generate_series(1, 29) n where user_id = $1`,
      [holder],
    );
    await directory.rows(
      `insert into account_routing select r.bank_id, left(r.scheme, 250) || right(a.account_id, 5), r.address, a.account_id, r.place
       from account a, account_routing r where a.user_id = $1 and length(a.account_id) > 36 and a.account_id like r.account_id || '%'`,
      [holder],
    );
    const messages = await all(directory.peer.stream(rpcs.coreAtBank, { bank_id }, asUser(holder, [], bank_id)));
    expect(messages.length).toBeGreaterThan(1);
    expect(messages.flatMap(({ accounts }) => accounts.map(({ account_routings: all }) => all.length))).toEqual(
      Array.from({ length: 30 }, () => 100),
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { failureText } from '@platform/failure';
import type { Call } from '@platform/grpc';
import { type CreateAccountRequestJsonV500, Failure, type OpenAccountRequest, Role } from '@platform/messages';
import { openOrm } from '@platform/persistence';
import { accountCommands } from '../src/account/account-commands.rpc.js';
import { database } from '../src/gen/database.js';
import { accountBody, asUser, context, methods, newName, outcomes, startDirectory } from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
let admin_id: string;
let bank_id: string;
let user_id: string;
let username: string;
beforeAll(async () => {
  directory = await startDirectory();
  admin_id = (await directory.admin()).user_id;
  bank_id = (await directory.createBank(admin_id)).id;
  ({ user_id, username } = await directory.createUser());
});
afterAll(() => directory.close());

type PutBody = Partial<CreateAccountRequestJsonV500> | null;

const put = (account_id: string, change: PutBody = {}, at = bank_id) =>
  directory.peer.call(
    methods.createAccount,
    { bank_id: at, account_id, body: change === null ? null : { ...accountBody(), ...change } },
    asUser(user_id, [Role.ROLE_CAN_CREATE_ACCOUNT], at),
  );
const accountRows = (account_id: string) => directory.rows('select * from account where account_id = $1', [account_id]);

describe('createAccount', () => {
  it('opens an account of the caller', async () => {
    const account_id = newName('account');
    const account_routings = [
      { scheme: 'IBAN', address: `DE${account_id}` },
      { scheme: 'AccountNumber', address: `it's ?\\ "${account_id}"` },
    ];
    const created = await put(account_id, { balance: { currency: 'USD', amount: '0.00' }, account_routings });
    const shown = {
      account_id,
      label: 'My account',
      product_code: 'CURRENT',
      balance: { currency: 'USD', amount: '0' },
      branch_id: 'DERBY6',
      account_routings,
      account_attributes: [],
    };
    expect(created).toEqual({ ...shown, user_id });
    expect(await directory.getAccounts(bank_id, [account_id])).toEqual([{ ...shown, bank_id }]);
    expect(await accountRows(account_id)).toEqual([
      expect.objectContaining({
        user_id,
        holder: username,
        account_number: expect.stringMatching(/^\d{10}$/),
        balance: '0',
      }),
    ]);
  });

  it('takes EUR and no branch where the body has neither balance nor branch', async () => {
    const other = (await directory.createUser()).user_id;
    expect(await put(newName('account'), { user_id: other, balance: null, branch_id: null, label: '' })).toMatchObject({
      user_id: other,
      balance: { currency: 'EUR', amount: '0' },
      branch_id: '',
      label: '',
    });
  });

  it('keeps accounts of one id at two banks apart', async () => {
    const account_id = newName('account');
    const second = (await directory.createBank(admin_id)).id;
    const account_routings = [{ scheme: 'IBAN', address: 'DE1' }];
    await put(account_id, { label: 'here', account_routings });
    await put(account_id, { label: 'there', account_routings }, second);
    expect(await directory.getAccounts(bank_id, [account_id])).toMatchObject([{ bank_id, label: 'here' }]);
    expect(await directory.getAccounts(second, [account_id])).toMatchObject([{ bank_id: second, label: 'there' }]);
  });

  it('refuses a taken id, lets one of ten parallel calls with one id succeed', async () => {
    const account_id = newName('account');
    const results = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => put(account_id, { label: `${n}` })));
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_ACCOUNT_ID_EXISTS] });
    expect(await accountRows(account_id)).toHaveLength(1);
  });

  it('refuses a routing taken at the bank, names it, and stores nothing', async () => {
    const account_routings = [{ scheme: 'IBAN', address: newName('iban') }];
    await put(newName('account'), { account_routings });
    const account_id = newName('account');
    const free = { scheme: 'A', address: newName('address') };
    await expect(put(account_id, { account_routings: [free, ...account_routings] })).rejects.toMatchObject({
      failure: Failure.FAILURE_ACCOUNT_ROUTING_EXISTS,
      detail: ` (bankId: ${bank_id}, scheme: IBAN, address: ${account_routings[0]?.address})`,
    });
    expect(await accountRows(account_id)).toEqual([]);
    await put(account_id, { account_routings: [free] });
  });

  it('lets one of many parallel accounts have the routings, whatever their order', async () => {
    const pair = [newName('a'), newName('b')].map((address, n) => ({ scheme: `S${n}`, address }));
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) =>
        put(newName('account'), { account_routings: n % 2 === 0 ? pair : [...pair].reverse() }),
      ),
    );
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_ACCOUNT_ROUTING_EXISTS] });
    expect(
      await directory.rows('select from account_routing where address = any($1)', [pair.map(({ address }) => address)]),
    ).toHaveLength(2);
  });

  const ok = newName('account');
  it.each<[string, string, PutBody, Failure, string]>([
    ['no body', ok, null, Failure.FAILURE_INVALID_JSON_FORMAT, ' The field body must be given.'],
    [
      'label',
      ok,
      { label: 'x'.repeat(256) },
      Failure.FAILURE_INVALID_JSON_FORMAT,
      ' label must not be longer than 255 characters.',
    ],
    [
      'NUL',
      ok,
      { product_code: '\0' },
      Failure.FAILURE_INVALID_JSON_FORMAT,
      ' product_code must not contain the NUL character.',
    ],
    [
      'routing',
      ok,
      { account_routings: [{ scheme: 'S', address: 'x'.repeat(256) }] },
      Failure.FAILURE_INVALID_JSON_FORMAT,
      ' account_routings.address must not be longer than 255 characters.',
    ],
    [
      'routings',
      ok,
      { account_routings: Array.from({ length: 101 }, (_, n) => ({ scheme: `S${n}`, address: 'x' })) },
      Failure.FAILURE_INVALID_JSON_FORMAT,
      ' account_routings must not have more than 100 elements.',
    ],
    ['id', 'two words', { user_id: 'unknown' }, Failure.FAILURE_INVALID_ACCOUNT_ID, ''],
    ['NUL in the id', 'a\0', {}, Failure.FAILURE_INVALID_ACCOUNT_ID, ''],
    ['long id', 'x'.repeat(256), {}, Failure.FAILURE_INVALID_ACCOUNT_ID, ''],
    [
      'user',
      ok,
      { user_id: 'unknown', balance: { currency: '', amount: '' } },
      Failure.FAILURE_USER_NOT_FOUND,
      ' Current USER_ID(unknown)',
    ],
    ['user that is no id', ok, { user_id: 'two words' }, Failure.FAILURE_USER_NOT_FOUND, ' Current USER_ID(two words)'],
    ['amount', ok, { balance: { currency: '', amount: 'zero' } }, Failure.FAILURE_INVALID_INITIAL_BALANCE, ''],
    ['not zero', ok, { balance: { currency: '', amount: '0.01' } }, Failure.FAILURE_INITIAL_BALANCE_NOT_ZERO, ''],
    [
      'currency',
      ok,
      {
        balance: { currency: 'eur', amount: '0' },
        account_routings: [
          { scheme: 'S', address: 'a' },
          { scheme: 'S', address: 'b' },
        ],
      },
      Failure.FAILURE_INVALID_CURRENCY,
      '',
    ],
    [
      'scheme twice',
      ok,
      {
        account_routings: [
          { scheme: 'S', address: 'a' },
          { scheme: 'S', address: 'b' },
        ],
      },
      Failure.FAILURE_INVALID_ACCOUNT_ROUTINGS,
      ' Duplication detected in account routings, please specify only one value per routing scheme',
    ],
  ])('refuses bad input (%s) and stores nothing', async (_what, account_id, change, failure, detail) => {
    await expect(put(account_id, change)).rejects.toMatchObject({ failure, detail });
    expect(await accountRows(ok)).toEqual([]);
  });

  it('takes an id of 255 characters, texts at their limits and 100 routings', async () => {
    const text = '😀'.repeat(255);
    const account_routings = Array.from({ length: 100 }, (_, n) => ({
      scheme: `${n}`.padEnd(255, 'é'),
      address: '✓'.repeat(255),
    }));
    const account_id = 'x'.repeat(255);
    await put(account_id, { label: text, product_code: text, branch_id: text, account_routings });
    expect(await directory.getAccounts(bank_id, [account_id])).toMatchObject([{ label: text, account_routings }]);
  });

  it('needs CanCreateAccount at the bank, also for oneself, and a bank', async () => {
    const call = (as: ReturnType<typeof context>, at = bank_id) =>
      directory.peer.call(methods.createAccount, { bank_id: at, account_id: newName('a'), body: accountBody() }, as);
    await expect(call(asUser(user_id, [], bank_id))).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: `CanCreateAccount for BankId(${bank_id}).`,
    });
    await expect(call(context({ bank_id }))).rejects.toMatchObject({ failure: Failure.FAILURE_USER_NOT_LOGGED_IN });
    await expect(put(newName('a'), {}, 'no.bank')).rejects.toMatchObject({
      failure: Failure.FAILURE_BANK_NOT_FOUND,
      detail: ' Current BankId is no.bank',
    });
  });
});

describe('addAccount', () => {
  it('opens an account of the caller without a role, by "" or by the own id', async () => {
    const created = await directory.addAccount(user_id, bank_id);
    expect(created).toEqual({
      account_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      user_id,
      label: 'My account',
      product_code: 'CURRENT',
      balance: { currency: 'EUR', amount: '0' },
      branch_id: 'DERBY6',
      account_routings: [],
      account_attributes: [],
    });
    expect(await accountRows(created.account_id)).toHaveLength(1);
    expect((await directory.addAccount(user_id, bank_id, { user_id })).account_id).not.toBe(created.account_id);
  });

  it('needs CanCreateAccount at the bank, for oneself too and before the body is looked at', async () => {
    const refusal = {
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      message: `OBP-20006: User is missing one or more roles: CanCreateAccount for BankId(${bank_id}).`,
    };
    const without = asUser(user_id, [], bank_id);
    for (const body of [accountBody(), accountBody({ user_id }), null])
      await expect(directory.peer.call(methods.addAccount, { bank_id, body }, without)).rejects.toMatchObject(refusal);
    const other = (await directory.createUser()).user_id;
    expect(await directory.addAccount(user_id, bank_id, { user_id: other })).toMatchObject({ user_id: other });
    const balance = { currency: 'EUR', amount: 'none' };
    await expect(directory.addAccount(user_id, bank_id, { user_id: 'unknown', balance })).rejects.toMatchObject({
      message: failureText(Failure.FAILURE_USER_NOT_FOUND, ' Current USER_ID(unknown)'),
    });
  });

  it.each([
    ['balance', { balance: null }, Failure.FAILURE_INVALID_JSON_FORMAT],
    ['text', { label: 'a\0' }, Failure.FAILURE_INVALID_JSON_FORMAT],
    ['amount', { balance: { currency: 'EUR', amount: '' } }, Failure.FAILURE_INVALID_INITIAL_BALANCE],
    ['not zero', { balance: { currency: 'EUR', amount: '10' } }, Failure.FAILURE_INITIAL_BALANCE_NOT_ZERO],
    ['currency', { balance: { currency: 'EURO', amount: '0' } }, Failure.FAILURE_INVALID_CURRENCY],
    [
      'schemes',
      {
        account_routings: [
          { scheme: 'A', address: '1' },
          { scheme: 'A', address: '2' },
        ],
      },
      Failure.FAILURE_INVALID_ACCOUNT_ROUTINGS,
    ],
  ])('refuses bad input (%s)', async (_what, change, failure) => {
    await expect(directory.addAccount(user_id, bank_id, change)).rejects.toMatchObject({ failure });
  });

  it('refuses no body, a taken routing and an unknown bank', async () => {
    const call = directory.peer.call(
      methods.addAccount,
      { bank_id, body: null },
      asUser(user_id, [Role.ROLE_CAN_CREATE_ACCOUNT], bank_id),
    );
    await expect(call).rejects.toMatchObject({ detail: ' The field body must be given.' });
    const account_routings = [{ scheme: 'IBAN', address: newName('iban') }];
    await directory.addAccount(user_id, bank_id, { account_routings });
    await expect(directory.addAccount(user_id, bank_id, { account_routings })).rejects.toMatchObject({
      failure: Failure.FAILURE_ACCOUNT_ROUTING_EXISTS,
    });
    await expect(directory.addAccount(user_id, 'no.bank')).rejects.toMatchObject({
      failure: Failure.FAILURE_BANK_NOT_FOUND,
    });
  });
});

describe('openAccount', () => {
  const request = (change: Partial<OpenAccountRequest> = {}): OpenAccountRequest => ({
    bank_id,
    account_id: newName('account'),
    kind: 'AGENT',
    label: 'AGENT',
    currency: 'EUR',
    holder: 'Legal Name',
    ...change,
  });
  const open = (asked: OpenAccountRequest, as = context()) => directory.peer.call(methods.openAccount, asked, as);

  it('opens an account of nobody', async () => {
    const asked = request();
    expect(await open(asked)).toEqual({});
    const { account_id } = asked;
    expect(await directory.getAccounts(bank_id, [account_id])).toEqual([
      {
        bank_id,
        account_id,
        label: 'AGENT',
        product_code: 'AGENT',
        balance: { currency: 'EUR', amount: '0' },
        branch_id: '',
        account_routings: [],
        account_attributes: [],
      },
    ]);
    expect(await accountRows(account_id)).toEqual([expect.objectContaining({ user_id: '', holder: 'Legal Name' })]);
  });

  it('is safe to repeat, also in parallel: the first account stays', async () => {
    const asked = request();
    await open(asked);
    const [before] = await accountRows(asked.account_id);
    await Promise.all(Array.from({ length: 10 }, () => open({ ...asked, label: 'Again' })));
    expect(await accountRows(asked.account_id)).toEqual([before]);
    const fresh = request();
    await Promise.all(Array.from({ length: 10 }, () => open(fresh)));
    expect(await accountRows(fresh.account_id)).toHaveLength(1);
  });

  it.each([
    ['id', { account_id: 'two words' }, Failure.FAILURE_INVALID_ACCOUNT_ID],
    ['holder', { holder: 'x'.repeat(256) }, Failure.FAILURE_INVALID_JSON_FORMAT],
    ['NUL', { label: '\0' }, Failure.FAILURE_INVALID_JSON_FORMAT],
    ['bank', { bank_id: 'no.bank' }, Failure.FAILURE_BANK_NOT_FOUND],
  ])('refuses bad input (%s)', async (_what, change, failure) => {
    await expect(open(request(change))).rejects.toMatchObject({ failure });
  });

  it("is the platform's alone", async () => {
    await expect(open(request(), asUser(admin_id))).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
    });
  });
});

describe('account numbers', () => {
  it('are tried again when taken at the bank', async () => {
    const orm = await openOrm({ ...database, url: directory.database_url, pool: 1 });
    try {
      const numbers = ['1', '1', '1', '2', '2', '3'];
      const commands = accountCommands({ orm, clock: Date.now }, () => numbers.shift() ?? 'none');
      const call = { caller: { user_id } } as Call;
      const open = (account_id: string) =>
        commands.openAccount?.({ bank_id, account_id, kind: '', label: '', currency: 'EUR', holder: '' }, call);
      const first = newName('account');
      await commands.createAccount?.({ bank_id, account_id: first, body: accountBody() }, call);
      await open(first);
      expect(numbers).toEqual(['1', '2', '2', '3']);
      const others = [newName('account'), newName('account')] as const;
      await open(others[0]);
      await commands.createAccount?.({ bank_id, account_id: others[1], body: accountBody() }, call);
      const stored = await directory.rows(
        'select account_number from account where account_id = any($1) order by account_number',
        [[first, ...others]],
      );
      expect(stored.map(({ account_number }) => account_number)).toEqual(['1', '2', '3']);
      const stuck = accountCommands({ orm, clock: Date.now }, () => '1');
      await expect(
        stuck.createAccount?.({ bank_id, account_id: newName('account'), body: accountBody() }, call),
      ).rejects.toThrow('were taken');
    } finally {
      await orm.close(true);
    }
  });
});

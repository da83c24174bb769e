import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rpc } from '@platform/grpc';
import { AccountServiceDefinition, Failure, Role, type UpdateAccountRequestJsonV310 } from '@platform/messages';
import { asUser, context, newName, outcomes, startDirectory } from './directory.js';

const updateAccount = rpc(AccountServiceDefinition, 'updateAccount');

let directory: Awaited<ReturnType<typeof startDirectory>>;
let admin_id: string;
let bank_id: string;
beforeAll(async () => {
  directory = await startDirectory();
  admin_id = (await directory.admin()).user_id;
  bank_id = (await directory.createBank(admin_id)).id;
});
afterAll(() => directory.close());

const body = (change: Partial<UpdateAccountRequestJsonV310> = {}): UpdateAccountRequestJsonV310 => ({
  label: 'New',
  type: 'SAVINGS',
  branch_id: 'DERBY7',
  account_routings: [],
  ...change,
});
const update = (account_id: string, change: Partial<UpdateAccountRequestJsonV310> | null = {}, at = bank_id) =>
  directory.peer.call(
    updateAccount,
    { bank_id: at, account_id, body: change === null ? null : body(change) },
    asUser('someone', [Role.ROLE_CAN_UPDATE_ACCOUNT], at),
  );
const routing = (scheme: string, address = newName('address')) => ({ scheme, address });
const open = async (...account_routings: ReturnType<typeof routing>[]) =>
  (await directory.addAccount(admin_id, bank_id, { account_routings })).account_id;
const stored = async (account_id: string) => (await directory.getAccounts(bank_id, [account_id]))[0];

describe('updateAccount', () => {
  it('replaces label, type, branch and all routings, and nothing else', async () => {
    const kept = routing('IBAN');
    const account_id = await open(kept, routing('OLD'));
    const before = await directory.rows('select * from account where account_id = $1', [account_id]);
    const account_routings = [routing('Z', `it's ?\\ "中"`), kept, routing('A')];
    const updated = await update(account_id, { account_routings });
    expect(JSON.stringify(updated)).toBe(
      JSON.stringify({ bank_id, account_id, label: 'New', type: 'SAVINGS', branch_id: 'DERBY7', account_routings }),
    );
    expect(await directory.rows('select * from account where account_id = $1', [account_id])).toEqual([
      { ...before[0], label: 'New', product_code: 'SAVINGS', branch_id: 'DERBY7' },
    ]);
    expect((await stored(account_id))?.account_routings).toEqual(account_routings);
    await update(account_id, { label: '', type: '', branch_id: '' });
    expect(await stored(account_id)).toMatchObject({
      label: '',
      product_code: '',
      branch_id: '',
      account_routings: [],
    });
  });

  it('refuses a routing of another account, names it, and leaves everything as it was', async () => {
    const taken = routing('IBAN');
    await open(taken);
    const account_id = await open(routing('IBAN'), routing('A'));
    const before = await stored(account_id);
    await expect(update(account_id, { account_routings: [routing('A'), taken] })).rejects.toMatchObject({
      failure: Failure.FAILURE_ACCOUNT_ROUTING_EXISTS,
      detail: ` (bankId: ${bank_id}, scheme: IBAN, address: ${taken.address})`,
    });
    expect(await stored(account_id)).toEqual(before);
  });

  it('frees the routings it takes away', async () => {
    const wanted = routing('IBAN');
    const [first, second] = [await open(wanted), await open()];
    await update(first);
    await update(second, { account_routings: [wanted] });
    expect((await stored(second))?.account_routings).toEqual([wanted]);
  });

  it('of parallel updates one is there in the end, whole', async () => {
    const account_id = await open();
    const wanted = Array.from({ length: 10 }, (_, n) => ({
      label: `${n}`,
      type: `${n}`,
      branch_id: `${n}`,
      account_routings: [routing('Z', `${n}-z`), routing('A', `${n}-a`), routing('M', 'same')],
    }));
    await Promise.all(wanted.map((one) => update(account_id, one)));
    const found = await stored(account_id);
    const winner = wanted[Number(found?.label)];
    expect(found).toMatchObject({
      label: winner?.label,
      product_code: winner?.type,
      branch_id: winner?.branch_id,
      account_routings: winner?.account_routings,
    });
  });

  it('lets one of many accounts have a routing', async () => {
    const pair = [routing('A'), routing('B')];
    const accounts = await Promise.all(Array.from({ length: 10 }, () => open(routing('A'))));
    const results = await Promise.allSettled(
      accounts.map((id, n) => update(id, { account_routings: n % 2 === 0 ? pair : [...pair].reverse() })),
    );
    expect(outcomes(results)).toEqual({ fulfilled: 1, failures: [Failure.FAILURE_ACCOUNT_ROUTING_EXISTS] });
    expect(
      await directory.rows('select from account_routing where address = any($1)', [pair.map(({ address }) => address)]),
    ).toHaveLength(2);
  });

  it('two accounts that want each other’s routing at the same moment: no hang, both routings stay unique', async () => {
    const [one, two] = [routing('IBAN'), routing('IBAN')];
    const [first, second] = [await open(one), await open(two)];
    const results = await Promise.allSettled([
      update(first, { account_routings: [two] }),
      update(second, { account_routings: [one] }),
    ]);
    expect(outcomes(results).failures.filter((failure) => failure !== Failure.FAILURE_ACCOUNT_ROUTING_EXISTS)).toEqual(
      [],
    );
    const addresses = [await stored(first), await stored(second)].flatMap((account) => account?.account_routings ?? []);
    expect(addresses).toHaveLength(2);
    expect(new Set(addresses.map(({ address }) => address)).size).toBe(2);
  });

  it('finds no account by an unknown id, at another bank, by what is no id', async () => {
    const account_id = await open();
    const elsewhere = (await directory.createBank(admin_id)).id;
    for (const [at, id] of [
      [bank_id, 'unknown'],
      [elsewhere, account_id],
      [bank_id, 'two words'],
      [bank_id, 'a\0'],
    ] as const) {
      // Whether the account exists is checked before the rules.
      await expect(update(id, { account_routings: [routing('A'), routing('A')] }, at)).rejects.toMatchObject({
        failure: Failure.FAILURE_BANK_ACCOUNT_NOT_FOUND,
        detail: ` Current BankId is ${at} and Current AccountId is ${id}`,
      });
    }
    expect((await stored(account_id))?.label).toBe('My account');
  });

  it.each<[string, Partial<UpdateAccountRequestJsonV310> | null, Failure, string]>([
    ['no body', null, Failure.FAILURE_INVALID_JSON_FORMAT, ' The field body must be given.'],
    [
      'label',
      { label: 'x'.repeat(256) },
      Failure.FAILURE_INVALID_JSON_FORMAT,
      ' label must not be longer than 255 characters.',
    ],
    [
      'type',
      { type: 'x'.repeat(256) },
      Failure.FAILURE_INVALID_JSON_FORMAT,
      ' type must not be longer than 255 characters.',
    ],
    [
      'branch',
      { branch_id: 'a\0' },
      Failure.FAILURE_INVALID_JSON_FORMAT,
      ' branch_id must not contain the NUL character.',
    ],
    [
      'address',
      { account_routings: [{ scheme: 'A', address: 'a\0' }] },
      Failure.FAILURE_INVALID_JSON_FORMAT,
      ' account_routings.address must not contain the NUL character.',
    ],
    [
      'routings',
      { account_routings: Array.from({ length: 101 }, (_, n) => ({ scheme: `${n}`, address: 'x' })) },
      Failure.FAILURE_INVALID_JSON_FORMAT,
      ' account_routings must not have more than 100 elements.',
    ],
    [
      'scheme twice',
      {
        account_routings: [
          { scheme: 'S', address: 'a' },
          { scheme: 'S', address: 'b' },
        ],
      },
      Failure.FAILURE_INVALID_ACCOUNT_ROUTINGS,
      ' Duplication detected in account routings, please specify only one value per routing scheme',
    ],
  ])('refuses bad input (%s) and changes nothing', async (_what, change, failure, detail) => {
    const account_id = await open(routing('IBAN'));
    const before = await stored(account_id);
    await expect(update(account_id, change)).rejects.toMatchObject({ failure, detail });
    expect(await stored(account_id)).toEqual(before);
  });

  it('needs CanUpdateAccount at the bank, also of the holder', async () => {
    const account_id = await open();
    const call = (as: ReturnType<typeof context>) =>
      directory.peer.call(updateAccount, { bank_id, account_id, body: body() }, as);
    await expect(call(asUser(admin_id, [], bank_id))).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: expect.stringContaining('CanUpdateAccount'),
    });
    await expect(call(asUser(admin_id, [Role.ROLE_CAN_CREATE_ACCOUNT], bank_id))).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
    });
    await expect(call(context({ bank_id }))).rejects.toMatchObject({ failure: Failure.FAILURE_USER_NOT_LOGGED_IN });
  });
});

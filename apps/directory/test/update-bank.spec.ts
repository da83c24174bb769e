import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rpc } from '@platform/grpc';
import { BankServiceDefinition, Failure, type PostBankJson500, Role } from '@platform/messages';
import { asUser, bankBody, context, methods, newName, startDirectory } from './directory.js';

const updateBank = rpc(BankServiceDefinition, 'updateBank');

let directory: Awaited<ReturnType<typeof startDirectory>>;
let admin_id: string;
beforeAll(async () => {
  directory = await startDirectory();
  admin_id = (await directory.admin()).user_id;
});
afterAll(() => directory.close());

const put = (body: PostBankJson500 | null) =>
  directory.peer.call(updateBank, { body }, asUser(admin_id, [Role.ROLE_CAN_CREATE_BANK]));
const getBank = (bank_id: string) => directory.peer.call(methods.getBank, { bank_id }, context({ bank_id }));

describe('updateBank', () => {
  it('replaces the whole bank: what is absent becomes empty', async () => {
    const { id } = await directory.createBank(admin_id, { bank_routings: [{ scheme: 'BIC', address: 'GRINGB2L' }] });
    const texts = { bank_code: 'NEW', full_name: 'New name', logo: 'l', website: 'w' };
    const full = await put({ id, ...texts, bank_routings: [{ scheme: 'UK', address: '20' }] });
    expect(full).toEqual({
      id,
      bank_id: id,
      ...texts,
      bank_routings: [
        { scheme: 'UK', address: '20' },
        { scheme: 'OBP', address: id },
      ],
      attributes: [],
    });
    expect(await getBank(id)).toEqual(full);
    const bare = await put({ id, bank_code: 'B', bank_routings: [] });
    expect(bare).toEqual({
      id,
      bank_id: id,
      bank_code: 'B',
      full_name: null,
      logo: null,
      website: null,
      bank_routings: [{ scheme: 'OBP', address: id }],
      attributes: [],
    });
    expect(await getBank(id)).toEqual(bare);
  });

  it('changes no other bank, no date and no attribute', async () => {
    const [{ id }, other] = [await directory.createBank(admin_id), await directory.createBank(admin_id)];
    await directory.rows(
      `update bank set attributes = '[{"name":"a","value":"1"}]', created_at = '2001-02-03T04:05:06Z' where bank_id = $1`,
      [id],
    );
    expect(await put(bankBody({ id, full_name: 'Changed' }))).toMatchObject({
      full_name: 'Changed',
      attributes: [{ name: 'a', value: '1' }],
    });
    expect(
      await directory.rows('select extract(year from created_at)::integer as year from bank where bank_id = $1', [id]),
    ).toEqual([{ year: 2001 }]);
    expect(await getBank(other.id)).toEqual(other);
  });

  it('leaves no mixture of parallel calls', async () => {
    const { id } = await directory.createBank(admin_id);
    await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        put({ id, bank_code: `${n}`, full_name: `${n}`, logo: `${n}`, website: `${n}`, bank_routings: [] }),
      ),
    );
    const { bank_code, full_name, logo, website } = await getBank(id);
    expect(new Set([bank_code, full_name, logo, website]).size).toBe(1);
  });

  it.each([null, undefined, ''])('refuses the absent id %j', async (id) => {
    await expect(put({ ...bankBody(), id })).rejects.toMatchObject({ failure: Failure.FAILURE_UPDATE_BANK_ERROR });
  });

  it.each(['no.bank.at.all', 'two words', 'with\0nul', 'x'.repeat(300)])(
    'finds no bank %j and makes none',
    async (id) => {
      await expect(put(bankBody({ id }))).rejects.toMatchObject({
        failure: Failure.FAILURE_BANK_NOT_FOUND,
        detail: ` Current BankId is ${id}`,
      });
      expect(await directory.rows("select from bank where bank_id like 'no.bank%'")).toEqual([]);
    },
  );

  it('refuses a bad body before it looks for the bank', async () => {
    await expect(put(null)).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
    for (const change of [
      { bank_code: 'x'.repeat(256) },
      { logo: 'a\0' },
      { bank_routings: [{ scheme: 'x'.repeat(256), address: '' }] },
    ]) {
      await expect(put(bankBody({ id: newName('bank'), ...change }))).rejects.toMatchObject({
        failure: Failure.FAILURE_INVALID_JSON_FORMAT,
      });
    }
  });

  it('needs CanCreateBank', async () => {
    const call = directory.peer.call(updateBank, { body: bankBody() }, asUser(admin_id));
    await expect(call).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: 'CanCreateBank',
    });
  });
});

describe('the settlement accounts of a new bank', () => {
  it('are there from the start', async () => {
    const { id } = await directory.createBank(admin_id);
    const rows = await directory.rows(
      'select account_id, holder, product_code, currency, balance from account where bank_id = $1 order by account_id',
      [id],
    );
    const account = { holder: 'Gringotts', product_code: 'SETTLEMENT', currency: 'EUR', balance: '0' };
    expect(rows).toEqual([
      { account_id: 'OBP-INCOMING-SETTLEMENT-ACCOUNT', ...account },
      { account_id: 'OBP-OUTGOING-SETTLEMENT-ACCOUNT', ...account },
    ]);
    expect(await directory.getAccounts(id, ['OBP-INCOMING-SETTLEMENT-ACCOUNT'])).toMatchObject([
      { label: 'Default incoming settlement account' },
    ]);
  });

  it('come with the bank or not at all', async () => {
    const { id } = await directory.createBank(admin_id);
    await expect(directory.createBank(admin_id, { id })).rejects.toMatchObject({
      failure: Failure.FAILURE_BANK_ID_EXISTS,
    });
    expect(await directory.rows('select from account where bank_id = $1', [id])).toHaveLength(2);
  });
});

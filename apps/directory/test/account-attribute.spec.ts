import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AccountAttributeJson, Failure, Role } from '@platform/messages';
import { accountAttributeBody, asUser, context, methods, newName, startDirectory } from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
let admin_id: string;
let bank_id: string;
let other_bank: string;
let account_id: string;
beforeAll(async () => {
  directory = await startDirectory();
  admin_id = (await directory.admin()).user_id;
  bank_id = (await directory.createBank(admin_id)).id;
  other_bank = (await directory.createBank(admin_id)).id;
});
afterAll(() => directory.close());
beforeEach(async () => {
  ({ account_id } = await directory.addAccount(admin_id, bank_id));
});

interface Address {
  bank_id: string;
  account_id: string;
  product_code: string;
  account_attribute_id: string;
}

const update = (address: Partial<Address>, body: AccountAttributeJson | null = accountAttributeBody()) => {
  const request = { bank_id, account_id, product_code: 'CURRENT', account_attribute_id: 'none', ...address, body };
  return directory.peer.call(
    methods.updateAccountAttribute,
    request,
    asUser(admin_id, [Role.ROLE_CAN_UPDATE_ACCOUNT_ATTRIBUTE], request.bank_id),
  );
};
const attributes = async () => (await directory.getAccounts(bank_id, [account_id]))[0]?.account_attributes;
const accountMissing = (bank: string, account: string) => ({
  failure: Failure.FAILURE_BANK_ACCOUNT_NOT_FOUND,
  message: `OBP-30018: Bank Account not found. Please specify valid values for BANK_ID and ACCOUNT_ID.  Current BankId is ${bank} and Current AccountId is ${account}`,
});
const typeText =
  'OBP-10001: Incorrect json format. The `Type` field can only accept the following field: DOUBLE(2012-04-23), STRING(TAX_NUMBER), INTEGER(123) and DATE_WITH_DAY(2012-04-23)';

describe('createAccountAttribute', () => {
  it('adds attributes, which an account shows oldest first', async () => {
    const first = await directory.addAccountAttribute(bank_id, account_id, {}, 'any code');
    expect(first).toEqual({
      product_code: 'any code',
      account_attribute_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'OVERDRAFT_START_DATE',
      type: 'DATE_WITH_DAY',
      value: '2012-04-23',
      product_instance_code: '',
    });
    const second = await directory.addAccountAttribute(bank_id, account_id, {
      product_instance_code: 'LKJL98769F',
      value: 'what?\'s\\ "it"',
    });
    expect(second).toMatchObject({ product_instance_code: 'LKJL98769F', value: 'what?\'s\\ "it"' });
    const third = await directory.addAccountAttribute(bank_id, account_id);
    expect(await attributes()).toEqual([first, second, third]);
  });

  it.each(['STRING', 'INTEGER', 'DOUBLE', 'DATE_WITH_DAY'])('takes any value for %s', async (type) => {
    expect(await directory.addAccountAttribute(bank_id, account_id, { type, value: 'anything' })).toMatchObject({
      type,
      value: 'anything',
    });
  });

  it.each(['string', '', 'DATE', 'toString'])('refuses the type %j', async (type) => {
    await expect(directory.addAccountAttribute(bank_id, account_id, { type })).rejects.toMatchObject({
      message: typeText,
    });
    expect(await attributes()).toEqual([]);
  });

  it.each([
    ['name', { name: 'x'.repeat(256) }, 'P', ' name must not be longer than 255 characters.'],
    ['value', { value: 'x'.repeat(2001) }, 'P', ' value must not be longer than 2000 characters.'],
    ['NUL', { value: 'a\0b' }, 'P', ' value must not contain the NUL character.'],
    ['product', {}, 'x'.repeat(256), ' product_code must not be longer than 255 characters.'],
    ['NUL in the product', {}, '\0', ' product_code must not contain the NUL character.'],
  ])('refuses bad input (%s)', async (_what, change, product_code, detail) => {
    await expect(directory.addAccountAttribute(bank_id, account_id, change, product_code)).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_JSON_FORMAT,
      detail,
    });
  });

  it('finds no account that is unknown or of another bank, after the body', async () => {
    for (const id of ['unknown', 'two words', 'a\0', '', 'x'.repeat(256)])
      await expect(directory.addAccountAttribute(bank_id, id)).rejects.toMatchObject(accountMissing(bank_id, id));
    await expect(directory.addAccountAttribute(other_bank, account_id)).rejects.toMatchObject(
      accountMissing(other_bank, account_id),
    );
    await expect(directory.addAccountAttribute(bank_id, 'unknown', { type: '' })).rejects.toMatchObject({
      message: typeText,
    });
    expect(await attributes()).toEqual([]);
  });

  it('needs its role and a body', async () => {
    const call = (as: ReturnType<typeof context>) =>
      directory.peer.call(methods.createAccountAttribute, { bank_id, account_id, product_code: 'P', body: null }, as);
    await expect(
      call(asUser(admin_id, [Role.ROLE_CAN_CREATE_ACCOUNT_ATTRIBUTE_AT_ONE_BANK], bank_id)),
    ).rejects.toMatchObject({ failure: Failure.FAILURE_INVALID_JSON_FORMAT });
    await expect(call(asUser(admin_id, [], bank_id))).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
    });
    await expect(call(context({ bank_id }))).rejects.toMatchObject({ failure: Failure.FAILURE_USER_NOT_LOGGED_IN });
  });

  it('keeps what an account has within one message, also in parallel', async () => {
    const value = '語'.repeat(2000);
    // There is room for exactly one more attribute of 6,000 bytes and its overhead.
    await directory.rows(
      "insert into account_attribute select $1, $2, lpad(n::text, 8, '0'), 'P', '', 'n', 'STRING', $3, now() from generate_series(1, 482) n",
      [bank_id, account_id, value],
    );
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () => directory.addAccountAttribute(bank_id, account_id, { value })),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(directory.addAccountAttribute(bank_id, account_id, { value })).rejects.toMatchObject({
      detail: ' The attributes of an account must not take more than 3000000 bytes.',
    });
    expect(await attributes()).toHaveLength(483);
  });
});

describe('updateAccountAttribute', () => {
  it('replaces everything but the id and the place', async () => {
    const { account_attribute_id } = await directory.addAccountAttribute(bank_id, account_id, {
      product_instance_code: 'I',
    });
    const second = await directory.addAccountAttribute(bank_id, account_id);
    const changed = await update(
      { account_attribute_id, product_code: 'SAVINGS' },
      accountAttributeBody({ name: 'N', type: 'INTEGER', value: '7' }),
    );
    expect(changed).toEqual({
      product_code: 'SAVINGS',
      account_attribute_id,
      name: 'N',
      type: 'INTEGER',
      value: '7',
      product_instance_code: '',
    });
    expect(await attributes()).toEqual([changed, second]);
  });

  it('finds no attribute that is unknown or of another account', async () => {
    const { account_attribute_id } = await directory.addAccountAttribute(bank_id, account_id);
    const other = (await directory.addAccount(admin_id, bank_id)).account_id;
    const missing = (id: string) => ({
      failure: Failure.FAILURE_CONNECTOR_RETURNED_NO_DATA,
      detail: ` Current ACCOUNT_ATTRIBUTE_ID is ${id}`,
    });
    for (const id of [newName('none'), '', 'two words', 'a\0'])
      await expect(update({ account_attribute_id: id })).rejects.toMatchObject(missing(id));
    await expect(update({ account_id: other, account_attribute_id })).rejects.toMatchObject(
      missing(account_attribute_id),
    );
    await expect(update({ account_id: 'unknown', account_attribute_id })).rejects.toMatchObject(
      accountMissing(bank_id, 'unknown'),
    );
    await expect(update({ bank_id: other_bank, account_attribute_id })).rejects.toMatchObject(
      accountMissing(other_bank, account_id),
    );
    expect(await attributes()).toMatchObject([{ value: '2012-04-23' }]);
  });

  it('refuses a bad body before it looks anything up', async () => {
    await expect(update({ account_id: 'unknown' }, accountAttributeBody({ type: 'TEXT' }))).rejects.toMatchObject({
      message: typeText,
    });
    await expect(update({ account_id: 'unknown' }, null)).rejects.toMatchObject({
      detail: ' The field body must be given.',
    });
    await expect(update({}, accountAttributeBody({ product_instance_code: 'x'.repeat(256) }))).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_JSON_FORMAT,
    });
  });

  it('needs its role', async () => {
    const request = { bank_id, account_id, product_code: 'P', account_attribute_id: 'a', body: accountAttributeBody() };
    const as = asUser(admin_id, [Role.ROLE_CAN_CREATE_ACCOUNT_ATTRIBUTE_AT_ONE_BANK], bank_id);
    await expect(directory.peer.call(methods.updateAccountAttribute, request, as)).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
    });
  });
});

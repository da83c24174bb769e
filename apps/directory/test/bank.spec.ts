import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BankV400, Failure } from '@platform/messages';
import { asUser, bankBody, context, methods, newName, startDirectory } from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
let admin_id: string;
beforeAll(async () => {
  directory = await startDirectory();
  admin_id = (await directory.admin()).user_id;
});
afterAll(() => directory.close());

// The edge has checked that the bank exists, and signs its id.
const getBank = (bank_id: string) => directory.peer.call(methods.getBank, { bank_id }, context({ bank_id }));

async function getBanks(from = directory): Promise<{ banks: BankV400[]; chunks: number }> {
  const banks: BankV400[] = [];
  let chunks = 0;
  for await (const chunk of from.peer.stream(methods.getBanks, {}, context())) {
    banks.push(...chunk.banks);
    chunks += 1;
  }
  return { banks, chunks };
}

describe('createBank', () => {
  it('stores the bank and lets its creator grant there', async () => {
    const creator = (await directory.createUser()).user_id;
    const body = bankBody({
      bank_routings: [
        { scheme: 'UK', address: '20-00-00' },
        { scheme: 'BIC', address: 'GRINGB2L' },
      ],
    });
    const bank = await directory.createBank(creator, body);
    expect(bank).toEqual({
      id: body.id,
      bank_id: body.id,
      bank_code: 'GH',
      full_name: 'Gringotts',
      logo: 'https://example.com/logo.png',
      website: 'https://example.com',
      bank_routings: [
        { scheme: 'BIC', address: 'GRINGB2L' },
        { scheme: 'UK', address: '20-00-00' },
        { scheme: 'OBP', address: body.id },
      ],
      attributes: [],
    });
    expect(await getBank(bank.id)).toEqual(bank);
    expect((await directory.entitlements(creator)).map(({ role_name, bank_id }) => [role_name, bank_id])).toEqual([
      ['CanReadDynamicResourceDocsAtOneBank', bank.id],
      ['CanCreateEntitlementAtOneBank', bank.id],
    ]);
    const user = await directory.createUser();
    expect(await directory.addEntitlement(creator, user.user_id, 'CanCreateCustomer', bank.id)).toMatchObject({
      bank_id: bank.id,
    });
  });

  it.each([
    [null, 'GH', 'GH'],
    ['', '', null],
  ])('mints an id when none is given, and has null for texts that are %j', async (text, given, bank_code) => {
    const bank = await directory.createBank(admin_id, {
      id: null,
      bank_id: null,
      bank_code: given,
      full_name: text,
      logo: text,
      website: text,
    });
    expect(bank).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      bank_id: bank.id,
      bank_code,
      full_name: null,
      logo: null,
      website: null,
      bank_routings: [{ scheme: 'OBP', address: bank.id }],
      attributes: [],
    });
    expect(await getBank(bank.id)).toEqual(bank);
    expect((await directory.entitlements(admin_id)).filter(({ bank_id }) => bank_id === bank.id)).toHaveLength(2);
  });

  it('takes the bank_id for the id where that is absent', async () => {
    const bank_id = newName('bank');
    expect(await directory.createBank(admin_id, { id: null, bank_id })).toMatchObject({ id: bank_id, bank_id });
    const id = newName('bank');
    expect(await directory.createBank(admin_id, { id, bank_id: newName('bank') })).toMatchObject({ id, bank_id: id });
  });

  it('refuses a taken id and grants nothing', async () => {
    const { id } = await directory.createBank(admin_id);
    const other = (await directory.createUser()).user_id;
    await expect(directory.createBank(other, { id, full_name: 'Other' })).rejects.toMatchObject({
      failure: Failure.FAILURE_BANK_ID_EXISTS,
    });
    expect(await getBank(id)).toMatchObject({ full_name: 'Gringotts' });
    expect(await directory.entitlements(other)).toEqual([]);
  });

  it('lets one of ten parallel calls with one id succeed', async () => {
    const id = newName('bank');
    const creators = await Promise.all(Array.from({ length: 10 }, async () => (await directory.createUser()).user_id));
    const results = await Promise.allSettled(creators.map((creator) => directory.createBank(creator, { id })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    for (const reason of reasons) expect(reason).toMatchObject({ failure: Failure.FAILURE_BANK_ID_EXISTS });
    expect(await directory.rows('select from entitlement where bank_id = $1', [id])).toHaveLength(2);
  });

  it.each([
    ['characters', { id: 'two words' }, Failure.FAILURE_INVALID_CHARACTERS],
    ['NUL', { id: 'with\0nul' }, Failure.FAILURE_INVALID_CHARACTERS],
    ['length', { id: 'x'.repeat(256) }, Failure.FAILURE_VALUE_TOO_LONG],
    ['minimum', { id: 'abc' }, Failure.FAILURE_INVALID_JSON_FORMAT],
    ['bank_code', { bank_code: 'x'.repeat(256) }, Failure.FAILURE_INVALID_JSON_FORMAT],
    ['full_name', { full_name: 'NUL\0' }, Failure.FAILURE_INVALID_JSON_FORMAT],
    ['routing', { bank_routings: [{ scheme: 'BIC', address: 'x'.repeat(256) }] }, Failure.FAILURE_INVALID_JSON_FORMAT],
    ['routing NUL', { bank_routings: [{ scheme: 'B\0', address: 'x' }] }, Failure.FAILURE_INVALID_JSON_FORMAT],
    [
      'routings',
      { bank_routings: Array.from({ length: 101 }, () => ({ scheme: 'A', address: 'x' })) },
      Failure.FAILURE_INVALID_JSON_FORMAT,
    ],
  ])('refuses bad input (%s) and stores nothing', async (_what, change, failure) => {
    const before = (await getBanks()).banks.length;
    await expect(directory.createBank(admin_id, change)).rejects.toMatchObject({ failure });
    expect((await getBanks()).banks).toHaveLength(before);
  });

  it('needs CanCreateBank, a user and a body', async () => {
    const call = (as: ReturnType<typeof context>) => directory.peer.call(methods.createBank, { body: bankBody() }, as);
    await expect(call(asUser(admin_id))).rejects.toMatchObject({
      failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      detail: 'CanCreateBank',
    });
    await expect(call(context())).rejects.toMatchObject({ failure: Failure.FAILURE_USER_NOT_LOGGED_IN });
  });
});

describe('getBank', () => {
  it.each(['no.bank', '', 'no bank', 'with\0nul'])('finds no %j', async (bank_id) => {
    await expect(getBank(bank_id)).rejects.toMatchObject({
      failure: Failure.FAILURE_BANK_NOT_FOUND,
      detail: ` Current BankId is ${bank_id}`,
    });
  });
});

describe('getBanks', () => {
  it('streams every bank once, by id, in chunks of 500', async () => {
    const many = await startDirectory();
    try {
      expect(await getBanks(many)).toEqual({ banks: [], chunks: 1 });
      await many.rows(`
        insert into bank select 'bank.' || lpad(n::text, 5, '0'), 'B' || n, 'Bank ' || n, '', '', '[{"scheme":"BIC","address":"X"}]', '[{"name":"a","value":"1"}]', now()
        from generate_series(1, 1000) n`);
      expect((await getBanks(many)).chunks).toBe(2);
      await many.rows("insert into bank values ('bank.99999', 'B', 'Last', '', '', '[]', '[]', now())");
      const { banks, chunks } = await getBanks(many);
      expect(chunks).toBe(3);
      expect(banks).toHaveLength(1001);
      expect(banks.map(({ id }) => id)).toEqual([...new Set(banks.map(({ id }) => id))].sort());
      expect(banks[0]).toEqual({
        id: 'bank.00001',
        short_name: 'B1',
        full_name: 'Bank 1',
        logo: null,
        website: null,
        bank_routings: [
          { scheme: 'BIC', address: 'X' },
          { scheme: 'OBP', address: 'bank.00001' },
        ],
        attributes: [{ name: 'a', value: '1' }],
        bank_id: 'bank.00001',
        bank_code: 'B1',
      });
    } finally {
      await many.close();
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { emptyImport } from './platform-examples.js';
import { expectRefusal } from './operations.js';
import { expectStatus, type Person, type Platform, startOwnPlatform, unique } from './platform.js';

let platform: Platform;
let bank_id: string;
let keeper: Person;
let stranger: Person;
beforeAll(async () => {
  platform = await startOwnPlatform({ ALLOW_SANDBOX_DATA_IMPORT: 'true' });
  bank_id = await platform.bank();
  keeper = await platform.person(
    'CanCreateBank',
    'CanCreateSandbox',
    `CanCreateAccount@${bank_id}`,
    `CanGetCustomerAccountLinks@${bank_id}`,
  );
  stranger = await platform.person();
});
afterAll(() => platform.close());

const account = {
  user_id: '',
  label: 'Savings',
  product_code: 'SAVINGS',
  balance: { currency: 'EUR', amount: '0' },
  branch_id: '',
};

describe('opening an account', () => {
  it.each([
    ['for oneself', () => ''],
    ['for oneself by id', () => stranger.user_id],
    ['for another', () => keeper.user_id],
  ])('%s needs the role, before the body is looked at', async (_, user_id) => {
    for (const body of [{ ...account, user_id: user_id() }, { nothing: 'of it' }]) {
      expectRefusal(
        await platform.call('POST', `/banks/${bank_id}/accounts`, { token: stranger.token, body }),
        403,
        `OBP-20006: User is missing one or more roles: CanCreateAccount for BankId(${bank_id}).`,
      );
    }
  });

  it('needs no routings; the list of accounts at the bank is a bare array', async () => {
    const { json } = await expectStatus(
      201,
      platform.call('POST', `/banks/${bank_id}/accounts`, { token: keeper.token, body: account }),
    );
    expect(json).toMatchObject({ account_routings: [], user_id: keeper.user_id });
    const list = await expectStatus(200, platform.call('GET', `/banks/${bank_id}/accounts`, { token: keeper.token }));
    expect(JSON.parse(list.text)).toEqual([
      {
        id: json.account_id,
        label: 'Savings',
        bank_id,
        views_available: [{ id: 'owner', short_name: 'Owner', is_public: false }],
      },
    ]);
    expect((await platform.call('GET', `/banks/${bank_id}/accounts`, { token: stranger.token })).text).toBe('[]');
  });

  it('shows its holder by name, in the order of live servers, and to nobody else', async () => {
    const { json } = await expectStatus(
      201,
      platform.call('POST', `/banks/${bank_id}/accounts`, { token: keeper.token, body: account }),
    );
    const full = await expectStatus(
      200,
      platform.call('GET', `/banks/${bank_id}/accounts/${String(json.account_id)}/owner/account`, {
        token: keeper.token,
      }),
    );
    expect(Object.keys(full.json)).toEqual([
      'id',
      'label',
      'number',
      'owners',
      'product_code',
      'balance',
      'views_available',
      'bank_id',
      'account_routings',
      'account_attributes',
      'tags',
    ]);
    expect(full.json.owners).toEqual([expect.objectContaining({ id: keeper.username, display_name: keeper.username })]);
    expectRefusal(
      await platform.call('GET', `/my/banks/${bank_id}/accounts/${String(json.account_id)}/account`, {
        token: stranger.token,
      }),
      400,
      `OBP-20019: User does not have access to owner view. userId : ${stranger.user_id}. bankId : ${bank_id}. accountId : ${String(json.account_id)}`,
    );
  });

  it('leaves an unknown account unknown to its links', async () => {
    expectRefusal(
      await platform.call('GET', `/banks/${bank_id}/accounts/nope/customer-account-links`, { token: keeper.token }),
      404,
      `OBP-30018: Bank Account not found. Please specify valid values for BANK_ID and ACCOUNT_ID.  Current BankId is ${bank_id} and Current AccountId is nope`,
    );
  });
});

describe('a bank', () => {
  const create = (body: object, version = 'v5.1.0') =>
    platform.send('POST', `/obp/${version}/banks`, { body, headers: { DirectLogin: `token=${keeper.token}` } });
  const bare = { full_name: null, logo: null, website: null, attributes: [] };

  it('has null for what it was not given, and its own routing last', async () => {
    const id = `bank.${unique()}`;
    const { json } = await expectStatus(
      201,
      create({ id, bank_code: '', full_name: '', bank_routings: [{ scheme: 'BIC', address: 'GRINGB2L' }] }),
    );
    const bank = {
      id,
      bank_code: null,
      ...bare,
      bank_routings: [
        { scheme: 'BIC', address: 'GRINGB2L' },
        { scheme: 'OBP', address: id },
      ],
    };
    expect(json).toEqual(bank);
    expect((await platform.call('GET', `/banks/${id}`)).json).toEqual(bank);
    const { banks } = (await platform.call('GET', '/banks')).json as { banks: { id: string }[] };
    expect(banks.find((one) => one.id === id)).toEqual({
      id,
      short_name: null,
      ...bare,
      bank_routings: bank.bank_routings,
    });
  });

  it('may be called by bank_id, and answers by it under the versions that know it', async () => {
    for (const [version, keys] of [
      ['v5.1.0', ['id', 'bank_code']],
      ['v6.0.0', ['id', 'bank_id']],
    ] as const) {
      const bank_id = `bank.${unique()}`;
      const { json } = await expectStatus(201, create({ bank_id, bank_code: 'B', full_name: 'Bank' }, version));
      expect(json.id).toBe(bank_id);
      expect(Object.keys(json).slice(0, 2)).toEqual(keys);
      if (version === 'v6.0.0') expect(json.bank_id).toBe(bank_id);
      const { banks } = (await platform.send('GET', `/obp/${version}/banks`)).json as { banks: { id: string }[] };
      const names = version === 'v6.0.0' ? { bank_id, bank_code: 'B' } : {};
      expect(banks.find(({ id }) => id === bank_id)).toEqual({
        id: bank_id,
        ...names,
        short_name: 'B',
        ...bare,
        full_name: 'Bank',
        bank_routings: [{ scheme: 'OBP', address: bank_id }],
      });
    }
  });
});

describe('a sandbox import', () => {
  const load = (body: object) => platform.call('POST', '/sandbox/data-import', { token: keeper.token, body });
  const event = (at: string) => ({
    id: `e.${unique()}`,
    bank_id: at,
    customer: { name: 'N', number: '1' },
    category: 'Call',
    detail: 'D',
    channel: 'Phone',
    actual_date: '2012-03-07T00:00:00.001Z',
  });

  it.each([
    ['nothing', {}],
    ['users alone', { users: [] }],
    ['empty lists', emptyImport],
  ])('of %s is one', async (_, body) => {
    expect((await expectStatus(201, load(body))).json).toEqual({ success: 'Success' });
  });

  it('brings CRM events to a bank that is there', async () => {
    const [first, second] = [event(bank_id), event(bank_id)];
    await expectStatus(201, load({ ...emptyImport, crm_events: [first] }));
    await expectStatus(201, load({ crm_events: [second] }));
    const { json } = await expectStatus(
      200,
      platform.call('GET', `/banks/${bank_id}/crm-events`, { token: keeper.token }),
    );
    expect((json.crm_events as { id: string }[]).map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
  });
});

it('nobody has spaces', async () => {
  expect((await expectStatus(200, platform.call('GET', '/my/spaces', { token: stranger.token }))).text).toBe(
    '{"bank_ids":[]}',
  );
  expect((await platform.call('GET', '/my/spaces')).status).toBe(401);
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Role } from '@platform/messages';
import { bank, caller, createHarness, type Harness, refusal } from './harness.js';

const unknown = (id: string) =>
  `OBP-30201: Agent not found. Please specify a valid value for AGENT_ID. . Current AGENT_ID(${id})`;
const taken = (number: string) =>
  `OBP-30328: Agent Number already exists. Please specify a different value for BANK_ID or AGENT_NUMBER. Current agent_number(${number}) and Current bank_id(${bank})`;
const anyBank = Role.ROLE_CAN_UPDATE_AGENT_STATUS_AT_ANY_BANK;
const oneBank = Role.ROLE_CAN_UPDATE_AGENT_STATUS_AT_ONE_BANK;

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
});
afterAll(() => harness.close());
afterEach(async () => {
  await harness.sql('truncate agent, outbox');
  harness.neighbours.accounts.clear();
  harness.neighbours.agentLinks.clear();
});

const accountIdOf = async (agent_id: string) =>
  (await harness.sql<{ account_id: string }>('select account_id from agent where agent_id = $1', [agent_id]))[0]
    ?.account_id ?? '';
const update = (
  agent_id: string,
  is_confirmed_agent: boolean,
  is_pending_agent: boolean,
  bank_id = bank,
  roles: Role[] = [oneBank],
) =>
  harness.call(
    'updateAgentStatus',
    { bank_id, agent_id, body: { is_pending_agent, is_confirmed_agent } },
    caller(bank_id, roles),
  );

describe('createAgent', () => {
  it('answers the agent in wire order and stores it', async () => {
    const created = await harness.create({ legal_name: `Zoë "O'Neil" 中 😀`, agent_number: 'n-1', currency: 'eur' });
    expect(JSON.stringify(created)).toBe(
      JSON.stringify({
        agent_id: created.agent_id,
        bank_id: bank,
        legal_name: `Zoë "O'Neil" 中 😀`,
        mobile_phone_number: '+44 07972 444 876',
        agent_number: 'n-1',
        currency: 'EUR',
        is_confirmed_agent: false,
        is_pending_agent: true,
        version: 2,
      }),
    );
    expect(created.agent_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(await harness.read(created.agent_id)).toEqual(created);
    expect(await harness.sql('select from outbox')).toEqual([]);
  });

  it("opens the account and links it as the agent's own", async () => {
    const { agent_id } = await harness.create({ legal_name: 'Holder', currency: 'gbp' });
    const account_id = await accountIdOf(agent_id);
    expect([...harness.neighbours.accounts.values()]).toEqual([
      { bank_id: bank, account_id, kind: 'AGENT', label: 'AGENT', currency: 'GBP', holder: 'Holder' },
    ]);
    expect([...harness.neighbours.agentLinks.values()]).toEqual([
      { bank_id: bank, agent_id, account_id, link_id: expect.any(String) },
    ]);
  });

  it('takes every text up to its limit', async () => {
    const longest = {
      legal_name: '😀'.repeat(255),
      mobile_phone_number: 'ß'.repeat(50),
      agent_number: 'n'.repeat(50),
      currency: 'ßßßßßßßßßß',
    };
    expect(await harness.create(longest)).toMatchObject({ ...longest, currency: 'SSSSSSSSSSSSSSSSSSSS' });
    expect(
      await harness.create({ legal_name: '', mobile_phone_number: '', agent_number: '', currency: '' }),
    ).toMatchObject({ agent_number: '', currency: '' });
    for (const [field, limit] of Object.entries({
      legal_name: 255,
      mobile_phone_number: 50,
      agent_number: 50,
      currency: 10,
    })) {
      expect(await refusal(harness.create({ [field]: 'x'.repeat(limit + 1) }))).toBe(
        `OBP-10001: Incorrect json format. ${field} must not be longer than ${limit} characters.`,
      );
      expect(await refusal(harness.create({ [field]: 'a\0' }))).toBe(
        `OBP-10001: Incorrect json format. ${field} must not contain the NUL character.`,
      );
    }
    expect(await refusal(harness.call('createAgent', { bank_id: bank, body: null }))).toBe(
      'OBP-10001: Incorrect json format. The field body must be given.',
    );
  });

  it('keeps a number to one agent of the bank', async () => {
    await harness.create({ agent_number: 'same' });
    expect(await refusal(harness.create({ agent_number: 'same' }))).toBe(taken('same'));
    expect(await harness.create({ agent_number: 'same' }, 'other')).toMatchObject({ bank_id: 'other' });
    expect(await harness.create({ agent_number: 'Same' })).toMatchObject({ agent_number: 'Same' });
    expect(harness.neighbours.accounts.size).toBe(3);
  });

  it('creates one agent of 50 at once', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => harness.create({ agent_number: 'race' })),
    );
    const reasons = results.flatMap((result) =>
      result.status === 'rejected' ? [(result.reason as Error).message] : [],
    );
    expect(reasons).toEqual(Array(49).fill(taken('race')));
    expect([harness.neighbours.accounts.size, harness.neighbours.agentLinks.size]).toEqual([1, 1]);
  });
});

describe('updateAgentStatus', () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('sets confirmed %s and pending %s', async (confirmed, pending) => {
    const created = await harness.create();
    // An agent that stays as it is keeps its version.
    const version = created.version + (confirmed || !pending ? 1 : 0);
    const changed = { ...created, is_confirmed_agent: confirmed, is_pending_agent: pending, version };
    expect(await update(created.agent_id, confirmed, pending)).toEqual(changed);
    expect(await harness.read(created.agent_id)).toEqual(changed);
  });

  it('refuses in the order body, agent, link, account', async () => {
    const { agent_id } = await harness.create();
    expect(await refusal(harness.call('updateAgentStatus', { bank_id: bank, agent_id: 'x', body: null }))).toBe(
      'OBP-10001: Incorrect json format. The field body must be given.',
    );
    for (const id of ['x', '', 'a\0', 'x'.repeat(256)])
      expect(await refusal(update(id, true, false))).toBe(unknown(id));
    const account_id = await accountIdOf(agent_id);
    harness.neighbours.accounts.clear();
    expect(await refusal(update(agent_id, true, false))).toBe(
      `OBP-30018: Bank Account not found. Please specify valid values for BANK_ID and ACCOUNT_ID.  Current BankId is ${bank} and Current AccountId is ${account_id}`,
    );
    harness.neighbours.agentLinks.clear();
    expect(await refusal(update(agent_id, true, false))).toBe('OBP-30325: Agent Account Link not found.');
    expect(await harness.sql('select is_confirmed, is_pending from agent')).toEqual([
      { is_confirmed: false, is_pending: true },
    ]);
  });

  it('reaches an agent of another bank with the system role alone', async () => {
    const { agent_id } = await harness.create({}, 'other');
    expect(await refusal(update(agent_id, true, false))).toBe(unknown(agent_id));
    expect(await update(agent_id, true, false, bank, [anyBank])).toMatchObject({
      bank_id: 'other',
      is_confirmed_agent: true,
    });
    expect(await harness.read(agent_id, 'other')).toMatchObject({ is_confirmed_agent: true, is_pending_agent: false });
    for (const roles of [[], [Role.ROLE_CAN_CREATE_CUSTOMER]])
      expect(await refusal(update(agent_id, false, false, bank, roles))).toMatch(/^OBP-20006/);
  });

  it('goes by the account of the link', async () => {
    const { agent_id } = await harness.create();
    const [link] = harness.neighbours.agentLinks.values();
    if (link !== undefined) link.account_id = 'another';
    expect(await refusal(harness.read(agent_id))).toMatch(/^OBP-30018: .*Current AccountId is another$/);
    harness.neighbours.accounts.set(`${bank}/another`, {
      bank_id: bank,
      account_id: 'another',
      kind: '',
      label: '',
      currency: '',
      holder: '',
    });
    expect(await harness.read(agent_id)).toMatchObject({ agent_id });
  });
});

describe('getAgent', () => {
  it('refuses what is unknown, or incomplete', async () => {
    const { agent_id } = await harness.create();
    for (const id of ['x', '', 'a\0', 'é']) expect(await refusal(harness.read(id))).toBe(unknown(id));
    expect(await refusal(harness.read(agent_id, 'other'))).toBe(unknown(agent_id));
    expect(await refusal(harness.call('getAgent', { bank_id: bank, agent_id }, caller('other')))).toMatch(/^OBP-20006/);
    harness.neighbours.agentLinks.clear();
    expect(await refusal(harness.read(agent_id))).toBe('OBP-30325: Agent Account Link not found.');
  });
});

describe('getAgents', () => {
  const numbers = async (request: Partial<Parameters<Harness['list']>[0]> = {}) =>
    (await harness.list({ bank_id: bank, ...request })).map(({ agent_number }) => agent_number);

  it('lists the confirmed agents of the bank, newest first, with three fields', async () => {
    for (const agent_number of ['1', '2', '3', '4']) {
      const { agent_id } = await harness.create({ agent_number });
      if (agent_number !== '3') await update(agent_id, true, agent_number === '2');
    }
    await update((await harness.create({ agent_number: '5' }, 'other')).agent_id, true, false, 'other');
    expect(await numbers()).toEqual(['4', '2', '1']);
    expect(await numbers({ sort_direction: 'asc' })).toEqual(['1', '2', '4']);
    expect(await numbers({ limit: 1, offset: 1 })).toEqual(['2']);
    expect(await numbers({ offset: 3 })).toEqual([]);
    const [first] = await harness.list({ bank_id: bank });
    expect(Object.keys(first ?? {})).toEqual(['agent_id', 'legal_name', 'agent_number']);
    expect(await harness.list({ bank_id: 'empty' })).toEqual([]);
  });

  it('pages through thousands', async () => {
    await harness.sql(
      `insert into agent select $1, 'id' || lpad(i::text, 6, '0'), i::text, repeat('😀', 255), '', 'EUR', 'a' || i, 'l' || i, i % 2 = 0, false, true, now() from generate_series(1, 6000) i`,
      [bank],
    );
    const up = Array.from({ length: 3_000 }, (_, i) => String(2 * (i + 1)));
    const down = [...up].reverse();
    expect(await numbers({ limit: 10_000, sort_direction: 'asc' })).toEqual(up);
    expect(await numbers({ limit: 1_200 })).toEqual(down.slice(0, 1_200));
    expect(await numbers()).toEqual(down.slice(0, 50));
    for (const offset of [499, 500, 501, 2_999, 3_000, 2_000_000_000]) {
      expect(await numbers({ limit: 600, offset })).toEqual(down.slice(offset, offset + 600));
      expect(await numbers({ limit: 600, offset, sort_direction: 'asc' })).toEqual(up.slice(offset, offset + 600));
    }
  });

  it.each([
    [{ limit: 0 }, 'OBP-10025'],
    [{ offset: -1 }, 'OBP-10024'],
    [{ sort_direction: 'up' }, 'OBP-10023'],
  ])('refuses %j', async (bad, code) => {
    expect(await refusal(numbers(bad))).toMatch(
      new RegExp(`^OBP-10016: Incorrect filter Parameters in URL\\.  <- ${code}: `),
    );
  });
});

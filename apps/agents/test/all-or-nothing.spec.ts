import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { failureText } from '@platform/failure';
import { Failure } from '@platform/messages';
import { eventually, patient } from '@platform/testing';
import { bank, createHarness, type Harness, refusal } from './harness.js';

const timeout = failureText(Failure.FAILURE_REQUEST_TIMEOUT);

let harness: Harness;
beforeEach(async () => {
  harness = await createHarness();
});
afterEach(() => harness.close());

const rows = () => harness.sql<{ agent_id: string; is_complete: boolean }>('select agent_id, is_complete from agent');
const complete = async () =>
  (await rows()).every(({ is_complete }) => is_complete) && (await harness.sql('select from outbox')).length === 0;
const seen = async () => {
  const [agent] = await rows();
  return harness.read(agent?.agent_id ?? '');
};

/** Expects exactly one agent, one account and one link, after any failures. */
async function expectWhole(): Promise<void> {
  await eventually(30_000, 'the rest of the agent', complete);
  const { accounts, agentLinks } = harness.neighbours;
  expect([(await rows()).length, accounts.size, agentLinks.size]).toEqual([1, 1, 1]);
  expect([...agentLinks.values()][0]?.account_id).toBe([...accounts.values()][0]?.account_id);
  expect(await seen()).toMatchObject({ agent_number: '1', is_confirmed_agent: false, is_pending_agent: true });
}

describe('the creation of an agent is all or nothing', () => {
  it.each(['directory', 'links'] as const)(
    'when the %s service is down and comes back',
    async (name) => {
      await harness.neighbours[name].stop();
      const from = Date.now();
      expect(await refusal(harness.create())).toBe(timeout);
      expect(Date.now() - from).toBeLessThan(patient(4_500));
      expect(await refusal(seen())).toMatch(/^OBP-30201/);
      expect(
        await refusal(
          harness.call('updateAgentStatus', {
            bank_id: bank,
            agent_id: (await rows())[0]?.agent_id ?? '',
            body: { is_confirmed_agent: true, is_pending_agent: false },
          }),
        ),
      ).toMatch(/^OBP-30201/);
      expect(await refusal(harness.create())).toMatch(/^OBP-30328/);
      await harness.neighbours[name].start();
      await expectWhole();
      expect(await refusal(harness.create())).toMatch(/^OBP-30328/);
    },
    60_000,
  );

  it.each(['openAccount', 'linkAgent'])(
    'when the answer of %s is lost',
    async (lost) => {
      let losses = 2;
      harness.neighbours.after = async (rpc) => {
        if (rpc === lost && losses-- > 0) throw new Error('lost');
      };
      await expect(harness.create()).rejects.toThrow();
      await expectWhole();
      expect(harness.neighbours.asked.filter((rpc) => rpc === lost).length).toBeGreaterThan(2);
    },
    60_000,
  );

  it.each(['openAccount', 'linkAgent'])(
    'when the service is restarted while %s does not answer',
    async (silent) => {
      let release = () => undefined as void;
      const released = new Promise<void>((resolve) => (release = resolve));
      harness.neighbours.before = (rpc) => (rpc === silent ? released : Promise.resolve());
      const creating = refusal(harness.create());
      await eventually(5_000, 'the question', () => harness.neighbours.asked.includes(silent));
      await Promise.all([harness.stop(), creating]);
      expect((await rows()).map(({ is_complete }) => is_complete)).toEqual([false]);
      harness.neighbours.before = async () => undefined;
      release();
      await harness.start();
      await expectWhole();
    },
    60_000,
  );

  it('when the process died between the first commit and the rest', async () => {
    await harness.stop();
    await harness.sql(
      `insert into agent values ($1, 'agent', '1', 'Legal Name', '', 'EUR', 'account', 'link', false, true, false, now())`,
      [bank],
    );
    await harness.sql(`insert into outbox (bank_id, subject, available_at) values ($1, 'agent', now())`, [bank]);
    await harness.start();
    await expectWhole();
    expect(harness.neighbours.accounts.has(`${bank}/account`)).toBe(true);
  });

  it('once: what staff change afterwards is not made again when its end was not noted', async () => {
    await harness.create();
    harness.neighbours.agentLinks.clear();
    await harness.sql('insert into outbox (bank_id, subject, available_at) select bank_id, agent_id, now() from agent');
    await eventually(10_000, 'the rest of the agent', complete);
    expect(harness.neighbours.agentLinks.size).toBe(0);
    expect(harness.neighbours.asked.filter((rpc) => rpc === 'linkAgent')).toHaveLength(1);
  });

  it('when ten creations meet an outage', async () => {
    await harness.neighbours.links.stop();
    const creations = Array.from({ length: 10 }, (_, n) => refusal(harness.create({ agent_number: String(n) })));
    for (const text of await Promise.all(creations)) expect(text).toBe(timeout);
    await harness.neighbours.links.start();
    await eventually(30_000, 'the rest of the agent', complete);
    expect([(await rows()).length, harness.neighbours.accounts.size, harness.neighbours.agentLinks.size]).toEqual([
      10, 10, 10,
    ]);
  }, 60_000);
});

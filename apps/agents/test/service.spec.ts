import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sessionOptions } from '@platform/persistence';
import { ConfigurationError, readSettings } from '@platform/runtime';
import { createExplainer, type Explainer, onPlainPostgres } from '@platform/testing';
import { agentAtAnyBank, agentById, confirmedAgentAt, confirmedAgents } from '../src/agent/agent.sql.js';
import { agentsConfig, agentsSettings } from '../src/index.js';
import { anonymous, bank, caller, createHarness, type Harness, refusal } from './harness.js';

describe('the agents service', () => {
  it('passes with one connection for commands, and continues after a restart', async () => {
    const harness = await createHarness({ pool: 1 });
    const agents = await Promise.all(Array.from({ length: 20 }, (_, n) => harness.create({ agent_number: String(n) })));
    await Promise.all(
      agents.map(({ agent_id }) =>
        harness.call('updateAgentStatus', {
          bank_id: bank,
          agent_id,
          body: { is_confirmed_agent: true, is_pending_agent: false },
        }),
      ),
    );
    await harness.stop();
    await harness.start();
    expect(await harness.list({ bank_id: bank })).toHaveLength(20);
    expect(await refusal(harness.create({ agent_number: '7' }))).toMatch(/^OBP-30328/);
    await harness.close();
  });

  it('wants a user for all but the list', async () => {
    const harness = await createHarness();
    const body = { is_confirmed_agent: true, is_pending_agent: false };
    const notLoggedIn = /^OBP-20001/;
    expect(await refusal(harness.call('createAgent', { bank_id: bank, body: null }, anonymous(bank)))).toMatch(
      notLoggedIn,
    );
    expect(await refusal(harness.call('getAgent', { bank_id: bank, agent_id: 'x' }, anonymous(bank)))).toMatch(
      notLoggedIn,
    );
    expect(
      await refusal(harness.call('updateAgentStatus', { bank_id: bank, agent_id: 'x', body }, anonymous(bank))),
    ).toMatch(notLoggedIn);
    expect(await refusal(harness.call('createAgent', { bank_id: bank, body: null }, caller('other')))).toMatch(
      /^OBP-20006/,
    );
    expect(await harness.list({ bank_id: bank })).toEqual([]);
    expect(harness.neighbours.asked).toEqual([]);
    await harness.close();
  });
});

onPlainPostgres(describe)('query plans on 50,000 agents', () => {
  let harness: Harness;
  let explainer: Explainer;
  beforeAll(async () => {
    harness = await createHarness();
    await harness.sql(
      `insert into agent select 'bank' || i % 3, 'id' || lpad(i::text, 6, '0'), i::text, 'Name', '', 'EUR', 'a', 'l', i % 4 = 0, false, true, now() from generate_series(1, 50000) i`,
    );
    await harness.sql('vacuum analyze agent');
    explainer = await createExplainer(harness.url, sessionOptions);
  }, 60_000);
  afterAll(async () => {
    await explainer.close();
    await harness.close();
  });

  it.each([
    { statement: agentById, values: ['bank1', 'id000004'], index: /^agent_(pkey|any_bank)$/ },
    { statement: agentAtAnyBank, values: ['id000004'], index: /^agent_any_bank$/ },
    { statement: confirmedAgents('asc'), values: ['bank1', '', 500, 0], index: /^agent_list$/ },
    { statement: confirmedAgents('desc'), values: ['bank1', 'id030000', 50, 500], index: /^agent_list$/ },
    { statement: confirmedAgentAt('asc'), values: ['bank1', 3_000], index: /^agent_list$/ },
    { statement: confirmedAgentAt('desc'), values: ['bank1', 3_000], index: /^agent_list$/ },
  ])('$statement.name goes by $index', async ({ statement, values, index }) => {
    for (const mode of ['custom', 'generic'] as const) {
      const nodes = await explainer.plan(statement.text, values, mode);
      const used = nodes.flatMap((node) => node['Index Name'] ?? []);
      expect([used.length > 0, used.filter((name) => !index.test(name))]).toEqual([true, []]);
      const kinds = nodes.map((node) => node['Node Type']);
      expect(kinds.filter((kind) => kind === 'Seq Scan' || kind === 'Sort')).toEqual([]);
    }
  });
});

describe('the configuration of the agents service', () => {
  const journal_key = 'kept as long as the data of the service';
  const read = (env: Record<string, string>) => agentsConfig(readSettings(agentsSettings, env));

  it('has defaults for all but the database and the secret', () => {
    const caller_secret = 'thirty-two characters or even more';
    expect(
      read({
        DATABASE_URL: 'postgresql://u:p@db:5432/postgres',
        CALLER_SECRET: caller_secret,
        JOURNAL_KEY: journal_key,
      }),
    ).toMatchObject({
      port: 50055,
      database_url: 'postgresql://u:p@db:5432/agents',
      caller_secret,
      journal_key,
    });
    expect(() => read({})).toThrow(ConfigurationError);
  });
});

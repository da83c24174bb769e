import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@platform/testing';
import type { Answer } from '../http.js';
import type { Person, Platform } from '../platform.js';
import { bodies } from '../records.js';
import { createOpen } from './open.js';
import { type Replicas, startReplicas } from './replicas.js';
import type { Traces } from './traces.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

/** After an interruption, the creation must be finished within this time once everything is back. */
const finished_ms = 30_000;

const { opened, closeAll } = createOpen();
let replicas: Replicas;
let platform: Platform;
let traces: Traces;
let person: Person;
let bank_id: string;

beforeAll(async () => {
  replicas = await startReplicas(opened);
  ({ platform, traces } = replicas);
  bank_id = await platform.bank();
  person = await platform.person();
});
afterEach(() => traces.releaseAll());
afterAll(closeAll);

interface Agent {
  readonly agent_id: string;
  readonly account_id: string;
}

const create = (body: object): Promise<Answer> =>
  platform.call('POST', `/banks/${bank_id}/agents`, { token: person.token, body });
const row = async (agent_number: string) =>
  (
    await traces.rows<Agent>(
      'AGENTS_DATABASE_URL',
      'select agent_id, account_id from agent where bank_id = $1 and agent_number = $2',
      [bank_id, agent_number],
    )
  )[0];
const accounts = async () =>
  (
    await traces.rows<{ account_id: string }>(
      'DIRECTORY_DATABASE_URL',
      'select account_id from account where bank_id = $1',
      [bank_id],
    )
  ).map(({ account_id }) => account_id);
const links = async () =>
  (
    await traces.rows<{ customer_id: string }>(
      'LINKS_DATABASE_URL',
      'select customer_id from customer_account_link where bank_id = $1',
      [bank_id],
    )
  ).map(({ customer_id }) => customer_id);
const read = (agent_id: string) =>
  platform.call('GET', `/banks/${bank_id}/agents/${agent_id}`, { token: person.token });

/** Expects the agent, its account and its link, each exactly once, and no pending task. */
async function expectWhole(agent_number: string): Promise<void> {
  const { agent_id, account_id } = (await row(agent_number)) as Agent;
  const took = await eventually(finished_ms, 'the agent to appear', async () => (await read(agent_id)).status === 200);
  process.stderr.write(`appeared ${took} ms after everything was back\n`);
  expect((await read(agent_id)).json).toMatchObject({
    agent_id,
    bank_id,
    agent_number,
    currency: 'EUR',
    is_pending_agent: true,
    is_confirmed_agent: false,
  });
  expect((await accounts()).filter((id) => id === account_id)).toHaveLength(1);
  expect((await links()).filter((id) => id === agent_id)).toHaveLength(1);
  // The last step may take effect although its process was killed during it; then its task is free only when the lease
  // ends.
  await eventually(
    finished_ms,
    'the task to be noted as done',
    async () => !(await traces.pending('AGENTS_DATABASE_URL')),
  );
}

describe('createAgent', () => {
  it('makes the agent, its account and its link', async () => {
    const body = bodies.agent();
    const { status, json } = await create(body);
    expect([status, json]).toEqual([201, expect.objectContaining({ agent_number: body.agent_number })]);
    await expectWhole(body.agent_number);
  });

  it('killed before its transaction commits has made nothing, and can be repeated', async () => {
    const body = bodies.agent();
    const before = [await accounts(), await links()];
    // This lock makes the insert wait, as a concurrent creation with the same number would.
    const lock = await traces.hold('AGENTS_DATABASE_URL', 'lock table agent in share row exclusive mode');
    const broken = create(body);
    await eventually(3_000, 'the insert to wait', () => traces.someoneWaits('AGENTS_DATABASE_URL'));
    await replicas.kill('agents');
    await lock.release();
    await replicas.start('agents');
    expect((await broken).status).toBeGreaterThanOrEqual(400);
    expect(await row(body.agent_number)).toBeUndefined();
    expect([await accounts(), await links()]).toEqual(before);
    expect((await create(body)).status).toBe(201);
    await expectWhole(body.agent_number);
  });

  it.each<[string, string, string]>([
    ['before its account', 'DIRECTORY_DATABASE_URL', 'lock table account in share row exclusive mode'],
    [
      'between its account and its link',
      'LINKS_DATABASE_URL',
      'lock table customer_account_link in share row exclusive mode',
    ],
  ])('killed %s is finished by itself, and is seen by nobody before', async (_step, database, statement) => {
    const body = bodies.agent();
    const lock = await traces.hold(database, statement);
    const broken = create(body);
    await eventually(4_000, 'the step to wait', () => traces.someoneWaits(database));
    await replicas.kill('agents');
    expect((await broken).status).toBeGreaterThanOrEqual(400);
    const { agent_id } = (await row(body.agent_number)) as Agent;
    await replicas.start('agents');
    expect((await read(agent_id)).json).toMatchObject({ message: expect.stringMatching(/^OBP-30201/) });
    await lock.release();
    await expectWhole(body.agent_number);
  });

  it('killed when all is made but not yet shown, shows it', async () => {
    const body = bodies.agent();
    await replicas.kill('links');
    const broken = create(body);
    await eventually(4_000, 'the commit', async () => (await row(body.agent_number)) !== undefined);
    const { agent_id } = (await row(body.agent_number)) as Agent;
    const lock = await traces.hold(
      'AGENTS_DATABASE_URL',
      'select from agent where bank_id = $1 and agent_id = $2 for update',
      [bank_id, agent_id],
    );
    await replicas.start('links');
    await eventually(
      10_000,
      'the last step to wait',
      async () => (await links()).includes(agent_id) && (await traces.someoneWaits('AGENTS_DATABASE_URL')),
    );
    await replicas.kill('agents');
    await lock.release();
    await broken;
    await replicas.start('agents');
    await expectWhole(body.agent_number);
  });

  it('with links down answers in time, and is finished once they are back', async () => {
    const body = bodies.agent();
    await replicas.kill('links');
    expect(await create(body)).toMatchObject({ status: 408, json: { message: expect.stringMatching(/^OBP-01000/) } });
    expect((await create(body)).json).toMatchObject({ code: 400, message: expect.stringMatching(/^OBP-30328/) });
    await replicas.start('links');
    await expectWhole(body.agent_number);
  });
});

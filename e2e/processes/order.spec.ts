import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually, patient } from '@platform/testing';
import { createOpen } from './open.js';
import type { Program } from './program.js';
import { createRest, type Rest } from './rest.js';
import { createAndRead, loginHeader, openSession } from './session.js';
import { createStack, emptyDatabases, partsOf, ready, secrets, type Stack, statusOf } from './stack.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

/** The deadline of a call, plus extra time for a busy machine. */
const answered_ms = 5_000 + 2_000;

const { opened, closeAll } = createOpen();
const running = new Map<'customers' | 'directory', Program>();
let stack: Stack;
let rest: Rest;

beforeAll(async () => {
  const { env } = opened(await emptyDatabases());
  stack = opened(await createStack(env));
  rest = opened(createRest(stack.origin));
  await Promise.all(
    (['links', 'agents', 'attributes', 'events'] as const).map((service) =>
      stack.start(service).said('listening', 20_000),
    ),
  );
});
afterAll(closeAll);

async function start(service: 'customers' | 'directory'): Promise<void> {
  const program = stack.start(service);
  running.set(service, program);
  await program.said('listening');
}

async function logIn() {
  const since = Date.now();
  const answer = await rest.send('POST', '/my/logins/direct', { headers: { DirectLogin: loginHeader(secrets) } });
  expect(Date.now() - since).toBeLessThan(patient(answered_ms));
  return answer;
}

const tooLate = { status: 408, body: { code: 408, message: expect.stringMatching(/^OBP-\d{5}: /) } };

describe('services that start in the wrong order', () => {
  it('wait for each other, answer in time meanwhile, and need no restart', async () => {
    await stack.start('gateway').said('listening');
    expect(await statusOf(stack.origin, '/livez')).toBe(200);
    expect(await statusOf(stack.origin, '/readyz')).toBe(503);
    const early = logIn();

    await start('customers');
    expect(await statusOf(stack.origin, '/readyz')).toBe(503);
    expect(await early).toMatchObject(tooLate);

    const waiting = logIn();
    await start('directory');
    const answer = await waiting;
    if (answer.status !== 201) expect(answer).toMatchObject(tooLate);
    await ready(stack.origin, 3_000);
    await createAndRead(opened(await openSession(stack.origin, secrets)));
  });
});

describe.each(['customers', 'directory'] as const)('%s, killed and started again', (service) => {
  it('serves within two seconds, and who asked meanwhile gets an answer', async () => {
    const session = opened(await openSession(stack.origin, secrets));
    const customer_id = await createAndRead(session);
    const victim = running.get(service) as Program;
    victim.signal('SIGKILL');
    await victim.ended();
    await eventually(
      4_000,
      'the gateway to notice',
      async () => (await partsOf(stack.origin))[service] === 'not serving',
    );
    expect(await statusOf(stack.origin, '/readyz')).toBe(service === 'directory' ? 503 : 200);
    const meanwhile = Promise.all([session.read(customer_id), session.whoAmI(), session.create()]);

    await start(service);
    await eventually(
      2_000,
      'a success',
      async () => (await session.create()).status === 201 && (await session.whoAmI()).status === 200,
    );
    expect(await session.read(customer_id)).toMatchObject({ status: 200 });
    for (const answer of await meanwhile) {
      if (answer.status !== 200 && answer.status !== 201) expect(answer).toMatchObject(tooLate);
    }
  });
});

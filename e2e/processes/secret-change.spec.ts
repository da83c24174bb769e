import { afterEach, expect, it, jest } from '@jest/globals';
import { createOpen } from './open.js';
import type { Program } from './program.js';
import { createAndRead, openSession } from './session.js';
import { createStack, emptyDatabases, ready, secrets, type Service } from './stack.js';

// Every wait has its own limit.
jest.setTimeout(300_000);

const { opened, closeAll } = createOpen();
afterEach(closeAll);

it('CALLER_SECRET is changed in three rounds of restarts, and works between them', async () => {
  const [older, newer] = ['the older secret of all these processes', 'the newer secret of all these processes'];
  const databases = opened(await emptyDatabases());
  const stack = opened(await createStack(databases.env));
  const halves = [['directory', 'customers', 'attributes'] as const, ['links', 'agents', 'events', 'gateway'] as const];
  const running = new Map<Service, Program>();
  const start = async (name: Service, CALLER_SECRET: string): Promise<void> => {
    await running.get(name)?.close();
    const program = stack.start(name, 0, { CALLER_SECRET });
    running.set(name, program);
    await program.said('listening', 20_000);
  };
  await Promise.all(halves.flat().map((name) => start(name, older)));
  for (const secret of [`${older},${newer}`, `${newer},${older}`, newer]) {
    for (const half of halves) {
      await Promise.all(half.map((name) => start(name, secret)));
      await ready(stack.origin);
      const session = await openSession(stack.origin, secrets);
      await createAndRead(session);
      session.close();
    }
  }
  expect(stack.output()).not.toMatch(new RegExp(`${older}|${newer}`));
});

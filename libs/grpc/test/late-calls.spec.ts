import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { BankLookupServiceDefinition } from '@platform/messages';
import { bind, createPeer } from '../src/index.js';
import { callerKey, context, createGate, errorOf, findBank, serve } from './fake-service.js';

const closing: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

/** A peer at the address, and the lines that it logs. */
function listen(port: number) {
  const lines: Record<string, unknown>[] = [];
  const log = { warn: (line: Record<string, unknown>) => void lines.push(line) };
  const peer = createPeer(`127.0.0.1:${port}`, callerKey, { tls: undefined, service: 'directory', log: log });
  closing.push(peer);
  const call = (correlation_id: string) =>
    errorOf(peer.call(findBank, { bank_id: '' }, { ...context, correlation_id, timeout_ms: 200 }));
  return { lines, call };
}

it('a service that hangs leaves a line a second, which says whose call waited for how long', async () => {
  const gate = createGate();
  const hangs = async () => gate.open.then(() => ({ exists: true }));
  const served = await serve([bind(BankLookupServiceDefinition, { findBank: hangs })]);
  closing.push(served, { close: gate.release });
  const { lines, call } = listen(served.port);
  await Promise.all(['c-1', 'c-2', 'c-3'].map(call));
  expect(lines).toEqual([
    {
      service: 'directory',
      rpc: 'obp.directory.v1.BankLookupService/FindBank',
      correlation_id: 'c-1',
      waited_ms: expect.any(Number),
      others: 0,
    },
  ]);
  expect(lines[0]?.['waited_ms']).toBeGreaterThanOrEqual(199);
  await sleep(1_000);
  await call('c-4');
  expect(lines[1]).toMatchObject({ correlation_id: 'c-4', others: 2 });
  expect(lines).toHaveLength(2);
});

it('so does one that cannot be reached, and one that answers leaves none', async () => {
  // Nobody listens on this port.
  const unreachable = listen(1);
  await unreachable.call('c-5');
  expect(unreachable.lines).toMatchObject([{ correlation_id: 'c-5' }]);
  const served = await serve([]);
  closing.push(served);
  const { lines, call } = listen(served.port);
  await call('c-6');
  expect(lines).toEqual([]);
});

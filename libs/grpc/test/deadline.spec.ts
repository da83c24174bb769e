import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BankLookupServiceDefinition, Failure } from '@platform/messages';
import { bind, boundTimeout, boundTimeoutMs } from '../src/index.js';
import { carriages, carryBy, context, errorOf, findBank, serve, type Served } from './fake-service.js';

const day_ms = 86_400_000;

let served: Served | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

describe.each(carriages)('a deadline by %s', (by) => {
  beforeEach(() => carryBy(by));

  it.each([24, 25, 30, 49, 50, 100, 1_000])('of %i days is one that has not passed', async (days) => {
    served = await serve([bind(BankLookupServiceDefinition, { findBank: async () => sleep(20, { exists: true }) })]);
    expect(await served.peer.call(findBank, { bank_id: '' }, { ...context, timeout_ms: days * day_ms })).toEqual({
      exists: true,
    });
  });

  it('that has passed before the call begins is answered without sending it', async () => {
    let ran = 0;
    served = await serve([bind(BankLookupServiceDefinition, { findBank: async () => ({ exists: (ran += 1) > 0 }) })]);
    const { peer } = served;
    await peer.serving(5_000);
    // Such a call fails in the client, before it is sent.
    for (let count = 0; count < 5; count += 1) {
      expect(await errorOf(peer.call(findBank, { bank_id: '' }, { ...context, timeout_ms: -1 }))).toMatchObject({
        failure: Failure.FAILURE_REQUEST_TIMEOUT,
      });
    }
    expect(await peer.call(findBank, { bank_id: '' }, context)).toEqual({ exists: true });
    expect(ran).toBe(1);
  });
});

describe('a timeout on the wire', () => {
  it.each([
    ['40S', '40S'],
    ['0n', '0n'],
    ['596H', '596H'],
    ['597H', '2147483S'],
    ['1176H', '2147483S'],
    ['99999999H', '2147483S'],
    ['99999999S', '2147483S'],
    ['99999999m', '99999999m'],
    ['99999999u', '99999999u'],
    // More digits than gRPC allows.
    ['100000000S', '2147483S'],
    ['100001000m', '100001S'],
    ['2147483999m', '2147483S'],
    ['2591999891m', '2147483S'],
    ['99999999500u', '99999999m'],
    ['1500000000n', '1500m'],
    ['000000030S', '30000m'],
    ['9'.repeat(25) + 'n', '2147483S'],
    ['soon', 'soon'],
    ['', ''],
    ['S', 'S'],
    ['-1S', '-1S'],
    ['1.5S', '1.5S'],
  ])('for gRPC of %j is %j to a server', (given, bound) => expect(boundTimeout(given)).toBe(bound));

  it.each([
    ['40000', '40000'],
    ['0', '0'],
    ['2147483647', '2147483647'],
    ['2147483648', '2147483647'],
    ['9999999999', '2147483647'],
    ['99999999999', '2147483647'],
    ['00000000030', '30'],
    ['-1', '-1'],
    ['', ''],
  ])('for Connect of %j is %j to a server', (given, bound) => expect(boundTimeoutMs(given)).toBe(bound));
});

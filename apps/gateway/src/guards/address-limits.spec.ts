import { describe, expect, it } from '@jest/globals';
import { fail } from '@platform/failure';
import { type CallLimits, Failure, Period } from '@platform/messages';
import type { DirectoryCall } from '../auth/caller.js';
import { createAddressLimits } from './address-limits.js';
import type { LimitHeaders } from './call-limits.js';

/** Gateways that share one directory, which counts per subject and never resets. */
function createGateways() {
  const counted = new Map<string, number>();
  const call = (async (
    _method: unknown,
    { subject, limits, calls }: { subject: string; limits: CallLimits; calls: number },
  ) => {
    const limit = Math.max(limits.per_minute, limits.per_hour);
    const before = counted.get(subject) ?? 0;
    const granted = Math.min(calls, limit - before);
    counted.set(subject, before + granted);
    return {
      granted,
      window: { period: Period.PERIOD_HOUR, limit, remaining: limit - before - granted, reset: 1_234 },
    };
  }) as unknown as DirectoryCall;
  const events: unknown[] = [];
  const trail = { record: (...event: unknown[]) => void events.push(event) };
  const create = () =>
    createAddressLimits(call, trail, { logins_per_minute: 9, wrong_passwords_per_hour: 3, writes_per_hour: 2 });
  const shown: LimitHeaders[] = [];
  const client = (address: string) => ({
    address,
    correlation_id: 'c',
    setHeaders: (headers: LimitHeaders) => void shown.push(headers),
  });
  return { counted, events, first: create(), second: create(), shown, client };
}

const wrong = async (): Promise<never> => fail(Failure.FAILURE_INVALID_LOGIN_CREDENTIALS);
const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: { failure: Failure }) => error.failure,
  );

describe('limits by address', () => {
  it('hold over all gateways, each address by itself, and say when to come again', async () => {
    const { first, second, shown, client } = createGateways();
    await first.take('write', client('192.0.2.1'));
    await second.take('write', client('192.0.2.1'));
    expect(shown).toEqual([]);
    await expect(first.take('write', client('192.0.2.1'))).rejects.toMatchObject({
      failure: Failure.FAILURE_TOO_MANY_REQUESTS,
      detail: ' We only allow 2 anonymous writes per hour from one address.',
    });
    expect(shown).toEqual([
      { 'Retry-After': '1234', 'X-Rate-Limit-Limit': '2', 'X-Rate-Limit-Remaining': '0', 'X-Rate-Limit-Reset': '1234' },
    ]);
    await second.take('write', client('192.0.2.2'));
    await second.take('DirectLogin', client('192.0.2.1'));
  });

  it('leave an event of a login that they refuse, and none of a write', async () => {
    const { first, events, client } = createGateways();
    for (let count = 0; count < 3; count += 1) await failureOf(first.take('write', client('192.0.2.1')));
    for (let count = 0; count < 9; count += 1) await first.take('OAuth1.0a', client('192.0.2.1'));
    expect(events).toEqual([]);
    expect(await failureOf(first.take('OAuth1.0a', client('192.0.2.1')))).toBe(Failure.FAILURE_TOO_MANY_REQUESTS);
    expect(events).toEqual([
      [
        { operation_id: 'OAuth1.0a', user_id: '', consumer_id: '', correlation_id: 'c' },
        { kind: 'login', result: 'OBP-10018' },
      ],
    ]);
  });

  it('try no login after too many wrong passwords, and count no right one', async () => {
    const { first, second, counted, events, client } = createGateways();
    let tried = 0;
    const right = async () => (tried += 1);
    await first.logIn('DirectLogin', client('192.0.2.1'), right);
    for (const gateway of [first, second, first])
      expect(await failureOf(gateway.logIn('DirectLogin', client('192.0.2.1'), wrong))).toBe(
        Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
      );
    tried = 0;
    await expect(second.logIn('DirectLogin', client('192.0.2.1'), right)).rejects.toMatchObject({
      failure: Failure.FAILURE_TOO_MANY_REQUESTS,
      detail: ' We only allow 3 wrong passwords per hour from one address.',
    });
    expect(tried).toBe(0);
    expect(events).toMatchObject([[{ operation_id: 'DirectLogin' }, { result: 'OBP-10018' }]]);
    await second.logIn('DirectLogin', client('192.0.2.2'), right);
    expect(counted).toEqual(
      new Map([
        ['login:192.0.2.1', 5],
        ['wrong password:192.0.2.1', 3],
        ['login:192.0.2.2', 1],
        ['wrong password:192.0.2.2', 0],
      ]),
    );
  });

  it('count nothing as a wrong password that is another failure', async () => {
    const { first, counted, client } = createGateways();
    for (const failure of [
      Failure.FAILURE_USER_LOCKED,
      Failure.FAILURE_TOO_BUSY,
      Failure.FAILURE_INVALID_CONSUMER_KEY,
    ]) {
      expect(await failureOf(first.logIn('DirectLogin', client('192.0.2.1'), async () => fail(failure)))).toBe(failure);
    }
    expect(counted.get('wrong password:192.0.2.1')).toBe(0);
  });
});

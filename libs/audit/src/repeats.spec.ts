import { describe, expect, it } from '@jest/globals';
import type { AuditEvent } from '@platform/messages';
import { eventOf } from './audit-event.js';
import { createRepeats } from './repeats.js';

const auditedCall = { operation_id: 'op', user_id: 'u-1', consumer_id: 'c-1', correlation_id: 'r' };

function start(limit = 100) {
  let now = 1_000_000;
  const let_through: AuditEvent[] = [];
  const repeats = createRepeats({
    emit: (event) => let_through.push(event),
    clock: () => now,
    window_ms: 10_000,
    limit,
  });
  return {
    refused: (user_id = 'u-1', correlation_id = 'r') =>
      repeats.take(
        eventOf(
          { ...auditedCall, user_id, correlation_id },
          { kind: 'refusal', bank_id: 'b', result: 'OBP-20006' },
          now,
        ),
      ),
    pass: (milliseconds: number) => {
      now += milliseconds;
      repeats.sweep();
    },
    flush: () => repeats.flush(),
    seen: () => let_through.splice(0).map(({ user_id, count, correlation_id }) => [user_id, count, correlation_id]),
  };
}

describe('equal failures', () => {
  it('are told at once, and once more with the count of those that followed', () => {
    const { refused, pass, seen } = start();
    refused('u-1', 'first');
    expect(seen()).toEqual([['u-1', 1, 'first']]);
    for (let index = 0; index < 5_000; index += 1) refused('u-1', `r${index}`);
    pass(9_999);
    expect(seen()).toEqual([]);
    pass(1);
    expect(seen()).toEqual([['u-1', 5_000, 'r4999']]);
    pass(10_000);
    expect(seen()).toEqual([]);
    refused('u-1', 'later');
    expect(seen()).toEqual([['u-1', 1, 'later']]);
  });

  it('of different callers are told apart', () => {
    const { refused, seen } = start();
    for (const user of ['u-1', 'u-2', 'u-1']) refused(user);
    expect(seen()).toEqual([
      ['u-1', 1, 'r'],
      ['u-2', 1, 'r'],
    ]);
  });

  it('lose nothing at the end', () => {
    const { refused, flush, seen } = start();
    for (let index = 0; index < 3; index += 1) refused();
    seen();
    flush();
    expect(seen()).toEqual([['u-1', 2, 'r']]);
  });

  it('are told one by one where too many different ones are counted already', () => {
    const { refused, seen } = start(2);
    for (const user of ['u-1', 'u-2', 'u-3', 'u-3', 'u-1']) refused(user);
    expect(seen().map(([user]) => user)).toEqual(['u-1', 'u-2', 'u-3', 'u-3']);
  });
});

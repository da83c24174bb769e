import { describe, expect, it } from '@jest/globals';
import type { AuditEvent } from '@platform/messages';
import { createLogger, systemClock } from '@platform/runtime';
import { eventually } from '@platform/testing';
import { eventOf } from './audit-event.js';
import { createEventQueue, type EventQueueOptions } from './event-queue.js';

const some = (count: number): AuditEvent[] =>
  Array.from({ length: count }, (_, index) =>
    eventOf(
      { operation_id: `op-${index}`, user_id: '', consumer_id: '', correlation_id: '' },
      { kind: 'login' },
      1_000 + index,
    ),
  );

function start(store: EventQueueOptions['store'], options: Partial<EventQueueOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger('test', 'info', {
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  return { lines, queue: createEventQueue({ store, log, clock: systemClock, gather_ms: 5, ...options }) };
}

describe('the queue of events', () => {
  it('hands them on in their order, many at a time', async () => {
    const batches: (readonly AuditEvent[])[] = [];
    const { queue } = start(async (events) => void batches.push(events));
    const events = some(1_200);
    events.forEach((event) => queue.push(event));
    await eventually(2_000, 'the events', () => batches.length === 3);
    expect(batches.flat()).toEqual(events);
    await queue.close();
    expect(batches).toHaveLength(3);
  });

  it('keeps what cannot be stored, says so, and stores it later', async () => {
    const stored: AuditEvent[] = [];
    let down = 2;
    const { queue, lines } = start(async (events) => {
      if (down > 0) throw new Error(`down ${(down -= 1)}`);
      stored.push(...events);
    });
    const events = some(3);
    events.forEach((event) => queue.push(event));
    await eventually(2_000, 'the events', () => stored.length === 3);
    expect(stored).toEqual(events);
    expect(lines.map(({ level, msg, waiting }) => [level, msg, waiting])).toEqual(
      Array(2).fill([40, 'audit events cannot be stored, and wait', 3]),
    );
    await queue.close();
  });

  it('holds no more than its limit in a flood, and tells how many were lost', async () => {
    const stored: AuditEvent[] = [];
    let open = () => undefined as void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { queue, lines } = start(
      async (events) => {
        await gate;
        stored.push(...events);
      },
      { limit: 100 },
    );
    const events = some(10_000);
    events.forEach((event) => queue.push(event));
    open();
    await queue.close();
    expect(stored).toEqual(events.slice(0, 100));
    const told = lines.filter(({ msg }) => msg === 'audit events were lost: more came than could be stored');
    expect(told.length).toBeLessThanOrEqual(3);
    expect(told.reduce((sum, { lost }) => sum + Number(lost), 0)).toBe(9_900);
  });

  it('stores what waits before it closes, and gives up in time where that cannot be', async () => {
    const stored: AuditEvent[] = [];
    const good = start(async (events) => void stored.push(...events), { gather_ms: 60_000 });
    some(700).forEach((event) => good.queue.push(event));
    await good.queue.close();
    expect(stored).toHaveLength(700);
    const bad = start(async () => Promise.reject(new Error('down')), { close_ms: 50 });
    some(7).forEach((event) => bad.queue.push(event));
    await bad.queue.close();
    expect(bad.lines.at(-1)).toMatchObject({ level: 50, lost: 7 });
  });

  it('goes on with what came while it was storing', async () => {
    const stored: AuditEvent[] = [];
    const { queue } = start(async (events) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      stored.push(...events);
    });
    const [first, second] = some(2) as [AuditEvent, AuditEvent];
    queue.push(first);
    await new Promise((resolve) => setTimeout(resolve, 12));
    queue.push(second);
    await eventually(2_000, 'the events', () => stored.length === 2);
    await queue.close();
  });
});

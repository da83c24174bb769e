import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLoadShedding, type LoadShedding, type LoadSheddingOptions, type Urgency } from './load-shedding.js';

const urgencies = ['list', 'call', 'login', 'health'] as const;
let shedding: LoadShedding;
afterEach(() => shedding.close());

/** Work that ends on request. */
function start(options: Partial<LoadSheddingOptions> = {}) {
  shedding = createLoadShedding({ max_in_flight: 10, max_delay_ms: 60_000, ...options });
  const ends: (() => void)[] = [];
  const begin = (urgency: Urgency, times = 1) =>
    Array.from({ length: times }, () =>
      shedding.run(
        () => urgency,
        new EventEmitter(),
        () => new Promise((resolve) => ends.push(resolve)),
      ),
    );
  return {
    begin,
    end: async () => (ends.splice(0).forEach((one) => one()), sleep(0)),
    taken: () =>
      urgencies.filter((urgency) =>
        shedding.run(
          () => urgency,
          new EventEmitter(),
          async () => undefined,
        ),
      ),
  };
}

describe('load shedding', () => {
  it.each([
    [6, urgencies],
    [7, ['call', 'login', 'health']],
    [8, ['call', 'login', 'health']],
    [9, ['login', 'health']],
    [10, ['health']],
    [30, ['health']],
  ])('with %i of 10 requests running takes %j', async (count, expected) => {
    const { begin, end, taken } = start();
    begin('health', count);
    for (const urgency of urgencies) {
      const before = taken();
      expect(before.includes(urgency)).toBe(expected.includes(urgency));
      await sleep(0);
    }
    await end();
    expect(taken()).toEqual(urgencies);
  });

  it('counts no request whose answer has ended, whether or not its work comes to an end, and none twice', async () => {
    const { taken } = start();
    const answers = Array.from({ length: 10 }, () => new EventEmitter());
    const ends: (() => void)[] = [];
    for (const answer of answers)
      shedding.run(
        () => 'health',
        answer,
        () => new Promise((resolve) => ends.push(resolve)),
      );
    expect(taken()).toEqual(['health']);
    await sleep(0);
    answers.forEach((answer) => answer.emit('close'));
    expect(taken()).toEqual(urgencies);
    ends.forEach((end) => end());
    await sleep(0);
    for (let count = 0; count < 7; count += 1)
      shedding.run(
        () => 'health',
        new EventEmitter(),
        () => new Promise(() => undefined),
      );
    expect(taken()).toEqual(['call', 'login', 'health']);
  });

  it('does not begin what it refuses, and does not ask how urgent it is while there is room', () => {
    const { begin } = start();
    let asked = 0;
    shedding.run(
      () => ((asked += 1), 'list'),
      new EventEmitter(),
      async () => undefined,
    );
    expect(asked).toBe(0);
    begin('health', 10);
    let begun = false;
    expect(
      shedding.run(
        () => 'list',
        new EventEmitter(),
        async () => void (begun = true),
      ),
    ).toBe(false);
    expect(begun).toBe(false);
  });

  it('refuses while the event loop is late under requests, not without them, and takes everything when that is over', async () => {
    const { begin, end, taken } = start({ max_in_flight: 160, max_delay_ms: 20 });
    const block = async () => {
      for (let turn = 0; turn < 10; turn += 1) {
        const until = performance.now() + 120;
        while (performance.now() < until);
        await sleep(1);
      }
    };
    await block();
    expect(taken()).toEqual(urgencies);
    await sleep(0);
    begin('call', 10);
    await block();
    expect(taken()).toEqual(['health']);
    for (let waited = 0; waited < 100 && taken().length < urgencies.length; waited += 1) await sleep(20);
    await sleep(0);
    expect(taken()).toEqual(urgencies);
    await end();
  });
});

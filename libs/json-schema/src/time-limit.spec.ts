import { describe, expect, it } from '@jest/globals';
import { withinTime } from './time-limit.js';

/** Time passes without work, as for a process that has to wait for other processes. */
const stand = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const workFor = (ms: number): void => {
  for (const end = performance.now() + ms; performance.now() < end;);
};

describe('withinTime', () => {
  it('gives what the work gives, and what it throws', () => {
    expect(withinTime(1_000, () => 'done')).toEqual({ result: 'done' });
    expect(() =>
      withinTime(1_000, () => {
        throw new RangeError('own');
      }),
    ).toThrow(new RangeError('own'));
  });

  it('begins work again that did not come to run', () => {
    let times = 0;
    const work = () => {
      times += 1;
      if (times === 1) stand(2_000);
      return times;
    };
    expect(withinTime(200, work)).toEqual({ result: 2 });
  });

  it('ends work that never comes to run', () => {
    let times = 0;
    const work = () => {
      times += 1;
      stand(2_000);
    };
    expect(withinTime(200, work)).toBeUndefined();
    expect(times).toBe(4);
  });

  it('does not begin again what has had its time', () => {
    const before = process.cpuUsage();
    expect(withinTime(200, () => workFor(60_000))).toBeUndefined();
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(500);
  });
});

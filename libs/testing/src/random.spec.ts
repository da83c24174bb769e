import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createRandom } from './random.js';

describe('random values', () => {
  beforeEach(() => {
    jest.spyOn(console, 'info').mockImplementation(() => undefined);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('are repeated by their seed, which is printed once', () => {
    const draw = (): unknown[] => {
      const random = createRandom(7);
      return [random.int(0, 1e9), random.text(20), random.pick(['a', 'b', 'c'])];
    };
    expect(draw()).toEqual(draw());
    expect(jest.mocked(console.info).mock.calls).toEqual([
      [expect.stringContaining('7')],
      [expect.stringContaining('7')],
    ]);
  });

  it('stay within their bounds, both ends included', () => {
    const random = createRandom(11);
    const drawn = new Set(Array.from({ length: 200 }, () => random.int(3, 5)));
    expect([...drawn].sort()).toEqual([3, 4, 5]);
    expect([...random.text(40)]).toHaveLength(40);
    expect(() => random.pick([])).toThrow(RangeError);
  });
});

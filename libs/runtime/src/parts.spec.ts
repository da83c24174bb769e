import { describe, expect, it } from '@jest/globals';
import { partsOf } from './parts.js';

describe('partsOf', () => {
  it('cuts a list', () => {
    expect(partsOf([1, 2, 3], 2)).toEqual([[1, 2], [3]]);
    expect(partsOf([], 2)).toEqual([]);
  });
});

import { expect, it } from '@jest/globals';
import { wireTime } from './clock.js';

it('wireTime cuts a moment to the second', () => {
  expect(wireTime(Date.UTC(2013, 0, 21, 23, 8, 0, 999))).toBe('2013-01-21T23:08:00Z');
  expect(wireTime(0)).toBe('1970-01-01T00:00:00Z');
});

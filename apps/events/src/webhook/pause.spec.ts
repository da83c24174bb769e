import { expect, it } from '@jest/globals';
import { patience_ms, pauseAfter } from './pause.js';

it('pauses grow from a second to an hour', () => {
  expect([1, 2, 3, 11, 12, 13, 100].map((attempts) => pauseAfter(attempts, 0.5))).toEqual([
    1_000, 2_000, 4_000, 1_024_000, 2_048_000, 3_600_000, 3_600_000,
  ]);
});

it('they differ by a tenth', () => {
  expect(pauseAfter(1, 0)).toBe(900);
  expect(pauseAfter(1, 1)).toBeCloseTo(1_100);
});

it('an event is tried some thirty times in a day', () => {
  let attempts = 1;
  for (let passed = 0; passed < patience_ms; attempts += 1) passed += pauseAfter(attempts, 0.5);
  expect(attempts).toBeGreaterThan(30);
  expect(attempts).toBeLessThan(40);
});

import { describe, expect, it } from '@jest/globals';
import { holdDeadline, timeLeft } from './time-left.js';

const left = (id: string): number => Math.round(timeLeft(id, 60_000) / 1_000);
const hold = (id: string, seconds: number) => holdDeadline(id, performance.now() + seconds * 1_000);

describe('the time that is left of a request', () => {
  it('is the usual one for a request that nobody holds', () => {
    expect(left('unknown')).toBe(60);
  });

  it('ends with the request, however often that is said', () => {
    const end = hold('one', 5);
    expect(left('one')).toBe(5);
    end();
    end();
    expect(left('one')).toBe(60);
  });

  it('is that of the call with the most time where a client gives two one id, until both have ended', () => {
    const [short, long] = [hold('both', 2), hold('both', 9)];
    expect(left('both')).toBe(9);
    short();
    expect(left('both')).toBe(9);
    long();
    expect(left('both')).toBe(60);
  });
});

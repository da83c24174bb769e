import { describe, expect, it } from '@jest/globals';
import { createCache, createLookups } from './cache.js';

function createTimed(limit = 10) {
  const time = { now: 1_000 };
  return { time, cache: createCache<string>({ limit, ttl_ms: 100, clock: () => time.now }) };
}

describe('a cache', () => {
  it('keeps a value until its time is over', () => {
    const { time, cache } = createTimed();
    cache.set('a', 'one');
    time.now += 99;
    expect(cache.get('a')).toBe('one');
    time.now += 1;
    expect(cache.get('a')).toBeUndefined();
  });

  it('counts from when the look-up began, not from when it ended', () => {
    const { time, cache } = createTimed();
    cache.set('a', 'one', time.now - 60);
    time.now += 39;
    expect(cache.get('a')).toBe('one');
    time.now += 1;
    expect(cache.get('a')).toBeUndefined();
  });

  it('holds no more than its limit: the oldest goes first, and setting again makes young', () => {
    const { cache } = createTimed(2);
    cache.set('a', 'one');
    cache.set('b', 'two');
    cache.set('a', 'three');
    cache.set('c', 'four');
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['three', undefined, 'four']);
  });

  it('forgets on demand', () => {
    const { cache } = createTimed();
    cache.set('a', 'one');
    cache.delete('a');
    expect(cache.get('a')).toBeUndefined();
  });

  it('has keys like __proto__ as any other', () => {
    const { cache } = createTimed();
    expect(cache.get('__proto__')).toBeUndefined();
    cache.set('__proto__', 'one');
    expect(cache.get('__proto__')).toBe('one');
  });
});

describe('look-ups', () => {
  const createTimedLookups = (keep?: (answer: string) => boolean) => {
    let now = 0;
    let looked = 0;
    const lookups = createLookups<string>({
      name: 'test',
      limit: 10,
      ttl_ms: 100,
      clock: () => now,
      ...(keep === undefined ? {} : { keep }),
    });
    const look = (answer: string) => () => {
      looked += 1;
      return Promise.resolve(answer);
    };
    return { lookups, look, looked: () => looked, pass: (ms: number) => (now += ms) };
  };

  it('are shared while they run and remembered afterwards', async () => {
    const { lookups, look, looked, pass } = createTimedLookups();
    expect(await Promise.all([lookups.get('a', look('one')), lookups.get('a', look('two'))])).toEqual(['one', 'one']);
    pass(99);
    expect([await lookups.get('a', look('three')), looked()]).toEqual(['one', 1]);
    pass(1);
    expect([await lookups.get('a', look('four')), looked()]).toEqual(['four', 2]);
  });

  it('are made anew on demand, for those who ask later too', async () => {
    const { lookups, look } = createTimedLookups();
    await lookups.get('a', look('one'));
    expect(await lookups.renew('a', look('two'))).toBe('two');
    expect(await lookups.get('a', look('three'))).toBe('two');
  });

  it('remember no failure and no answer that is not to be kept', async () => {
    const { lookups, look } = createTimedLookups((answer) => answer !== 'no');
    await expect(lookups.get('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await lookups.get('a', look('no'))).toBe('no');
    expect(await lookups.get('a', look('yes'))).toBe('yes');
  });
});

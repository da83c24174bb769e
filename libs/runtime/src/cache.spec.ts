import { describe, expect, it } from '@jest/globals';
import { createCache } from './cache.js';

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

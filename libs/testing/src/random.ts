import { randomInt } from 'node:crypto';

/** Random values that the same seed repeats. */
export interface Random {
  seed: number;
  /** A whole number, both ends included. */
  int(min: number, max: number): number;
  pick<T>(values: readonly T[]): T;
  /** Letters, digits, blanks, quotes and non-Latin letters, `length` characters of them. */
  text(length: number): string;
}

const ALPHABET = [...`abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.'"\\%éßøжשع中€`];

/** Without a seed it uses TEST_SEED, or a new seed; the seed is printed so that a failure can be repeated. */
export function createRandom(seed: number = Number(process.env.TEST_SEED) || randomInt(1, 2 ** 31)): Random {
  console.info(`random seed ${seed} (TEST_SEED=${seed} repeats it)`);
  const next = mulberry32(seed);
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  function pick<T>(values: readonly T[]): T {
    if (values.length === 0) throw new RangeError('nothing to pick from');
    return values[int(0, values.length - 1)] as T;
  }
  const text = (length: number): string => Array.from({ length }, () => pick(ALPHABET)).join('');
  return { seed, int, pick, text };
}

// A small generator with a good spread; the name is its author's.
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

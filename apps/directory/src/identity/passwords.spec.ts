import { describe, expect, it } from '@jest/globals';
import { Failure } from '@platform/messages';
import { createPasswords, type Hasher, limitsFor } from './passwords.js';

/** A hasher that finishes on request. */
function manualHasher() {
  const verified: string[] = [];
  const pending: (() => void)[] = [];
  let most = 0;
  const hasher: Hasher = {
    hash: (password) => Promise.resolve(`hash of ${password}`),
    verify: (hashed, password) =>
      new Promise((resolve) => {
        verified.push(password);
        pending.push(() => resolve(hashed === `hash of ${password}`));
        most = Math.max(most, pending.length);
      }),
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const finishAll = async () => {
    await settle();
    while (pending.length > 0) {
      (pending.shift() as () => void)();
      await settle();
    }
  };
  return { hasher, verified, finishAll, settle, most: () => most };
}

describe('passwords', () => {
  it('are hashed with argon2id, 19 MiB, two passes, one lane', async () => {
    const passwords = await createPasswords();
    const hashed = await passwords.hash('a password that is long');
    expect(hashed).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.verify(hashed, 'a password that is long')).toBe(true);
    expect(await passwords.verify(hashed, 'a password that is wrong')).toBe(false);
    expect(await passwords.verify(undefined, 'a password that is long')).toBe(false);
  });

  it('run at most as many as allowed, in order, and refuse beyond the queue', async () => {
    const { hasher, verified, finishAll, settle, most } = manualHasher();
    const passwords = await createPasswords(hasher, { running: 2, waiting: 3 });
    const tries = ['1', '2', '3', '4', '5'].map((password) => passwords.verify(`hash of ${password}`, password));
    await settle();
    expect(verified).toEqual(['1', '2']);
    await expect(passwords.verify('x', '6')).rejects.toMatchObject({ failure: Failure.FAILURE_TOO_BUSY });
    await finishAll();
    expect(await Promise.all(tries)).toEqual([true, true, true, true, true]);
    expect(verified).toEqual(['1', '2', '3', '4', '5']);
    expect(most()).toBe(2);
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 3],
    [64, 3],
  ])('leave a core of %i to others: %i at once', (cores, running) => {
    expect(limitsFor(cores)).toEqual({ running, waiting: 32 * running });
  });

  it('of new users and of logins share the cores and take turns', async () => {
    const order: string[] = [];
    const ends: (() => void)[] = [];
    const begin = (name: string) => new Promise<void>((resolve) => (order.push(name), ends.push(resolve)));
    const hasher: Hasher = {
      hash: async (password) => (password.length > 9 ? 'x' : begin(`new ${password}`).then(() => 'x')),
      verify: (_hash, password) => begin(`login ${password}`).then(() => true),
    };
    const passwords = await createPasswords(hasher, { running: 1, waiting: 3 });
    const all = Promise.all([
      ...['1', '2', '3', '4'].map((password) => passwords.hash(password)),
      ...['1', '2', '3'].map((password) => passwords.verify('x', password)),
    ]);
    await expect(passwords.hash('5')).rejects.toMatchObject({ failure: Failure.FAILURE_TOO_BUSY });
    for (let ended = 0; ended < 7; ended += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      expect(order).toHaveLength(ended + 1);
      (ends[ended] as () => void)();
    }
    await all;
    expect(order.slice(1)).toEqual(['new 2', 'login 1', 'new 3', 'login 2', 'new 4', 'login 3']);
  });

  it('free their turn when hashing fails', async () => {
    const failing: Hasher = { hash: () => Promise.resolve('x'), verify: () => Promise.reject(new Error('no memory')) };
    const passwords = await createPasswords(failing, { running: 1, waiting: 1 });
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(passwords.verify('x', 'y')).rejects.toThrow('no memory');
  });
});

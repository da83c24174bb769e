import { describe, expect, it } from '@jest/globals';
import { Failure } from '@platform/messages';
import { createPasswords, type Hasher } from './passwords.js';

/** A hasher that finishes when told. */
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

  it('free their turn when hashing fails', async () => {
    const failing: Hasher = { hash: () => Promise.resolve('x'), verify: () => Promise.reject(new Error('no memory')) };
    const passwords = await createPasswords(failing, { running: 1, waiting: 1 });
    for (let attempt = 0; attempt < 3; attempt += 1) await expect(passwords.verify('x', 'y')).rejects.toThrow('no memory');
  });
});

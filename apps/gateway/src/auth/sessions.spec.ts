import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { fail } from '@platform/failure';
import { Failure, type Identity, Role } from '@platform/messages';
import type { DirectoryCall } from './caller.js';
import { createSessions } from './sessions.js';

const admin: Identity = {
  user_id: 'u-1',
  consumer_id: 'c-1',
  username: 'admin',
  roles: [{ role: Role.ROLE_CAN_CREATE_BANK, bank_id: '' }],
  super_admin: false,
  scopes: [],
  call_limits: null,
};

/** A directory with given answers that counts the calls it gets. */
function createDirectory() {
  const directory = {
    now: 1_000,
    identity: admin as Identity | Failure,
    banks: new Set(['a']),
    asked: [] as string[],
    hash: '',
  };
  const call = (async (method: { path: string }, request: object) => {
    const name = method.path.split('/')[2] ?? '';
    directory.asked.push(name);
    await sleep(1);
    if (name === 'FindBank') return { exists: directory.banks.has((request as { bank_id: string }).bank_id) };
    if (name === 'LogIn') return { token: 'T' };
    directory.hash = Buffer.from((request as { token_hash: Uint8Array }).token_hash).toString('hex');
    return typeof directory.identity === 'number' ? fail(directory.identity) : directory.identity;
  }) as unknown as DirectoryCall;
  return { directory, sessions: createSessions(call, () => directory.now) };
}

describe('an identity', () => {
  it("is asked for by the token's hash, once for all who ask at the same time", async () => {
    const { directory, sessions } = createDirectory();
    expect(await Promise.all([1, 2, 3].map(() => sessions.identify('T', 'c')))).toEqual([admin, admin, admin]);
    expect(directory.asked).toEqual(['ResolveToken']);
    expect(directory.hash).toBe(createHash('sha256').update('T').digest('hex'));
    await sessions.identify('other', 'c');
    expect(directory.asked).toHaveLength(2);
  });

  it('is kept for less than a second: a revoked token stops working within it', async () => {
    const { directory, sessions } = createDirectory();
    await sessions.identify('T', 'c');
    directory.identity = Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID;
    directory.now += 899;
    expect(await sessions.identify('T', 'c')).toEqual(admin);
    directory.now += 1;
    await expect(sessions.identify('T', 'c')).rejects.toMatchObject({
      failure: Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID,
    });
  });

  it('that was refused is asked for again', async () => {
    const { directory, sessions } = createDirectory();
    directory.identity = Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID;
    await expect(sessions.identify('T', 'c')).rejects.toThrow();
    directory.identity = admin;
    expect(await sessions.identify('T', 'c')).toEqual(admin);
  });

  it('is fetched anew on demand, and kept then', async () => {
    const { directory, sessions } = createDirectory();
    await sessions.identify('T', 'c');
    directory.identity = { ...admin, roles: [] };
    expect(await sessions.refresh('T', 'c')).toMatchObject({ roles: [] });
    expect(await sessions.identify('T', 'c')).toMatchObject({ roles: [] });
    expect(directory.asked).toHaveLength(2);
  });
});

describe('a bank', () => {
  it('that exists is kept, one that does not is asked for again', async () => {
    const { directory, sessions } = createDirectory();
    expect([await sessions.bankExists('a', 'c'), await sessions.bankExists('a', 'c')]).toEqual([true, true]);
    expect(directory.asked).toHaveLength(1);
    expect(await sessions.bankExists('b', 'c')).toBe(false);
    directory.banks.add('b');
    expect(await sessions.bankExists('b', 'c')).toBe(true);
  });
});

describe('a login', () => {
  it('gives the token that the directory made', async () => {
    const { sessions } = createDirectory();
    expect(await sessions.logIn({ username: 'u', password: 'p', consumer_key: 'k' }, 'c')).toBe('T');
  });
});

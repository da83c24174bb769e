import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure, Role, type UserV200 } from '@platform/messages';
import { asUser, methods, newName, startDirectory, userPassword } from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
beforeAll(async () => {
  // Passwords are not hashed: the "hash" is the password itself.
  const hasher = {
    hash: (password: string) => Promise.resolve(password),
    verify: (hashed: string, password: string) => Promise.resolve(hashed === password),
  };
  directory = await startDirectory({}, { hasher });
});
afterAll(() => directory.close());

type Name = Pick<UserV200, 'provider' | 'username'>;
const staff = (role: Role) => asUser('staff', [role]);
const status = ({ provider, username }: Name) =>
  directory.peer.call(methods.getUserLockStatus, { provider, username }, staff(Role.ROLE_CAN_READ_USER_LOCKED_STATUS));
const unlock = ({ provider, username }: Name) =>
  directory.peer.call(methods.unlockUser, { provider, username }, staff(Role.ROLE_CAN_UNLOCK_USER));
const lock = ({ provider, username }: Name) =>
  directory.peer.call(methods.lockUser, { provider, username }, staff(Role.ROLE_CAN_LOCK_USER));
const tries = async (username: string, count: number) => {
  for (let index = 0; index < count; index += 1)
    await directory.logIn(username, 'a wrong password').catch(() => undefined);
};
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: { failure: Failure }) => error.failure,
  );
/** The current time, to a few seconds. */
const soon = { asymmetricMatch: (date: unknown) => Math.abs(Date.parse(String(date)) - Date.now()) < 10_000 };
const none = { bad_attempts_since_last_success_or_reset: 0, last_failure_date: soon };

describe('getUserLockStatus', () => {
  it('counts bad logins since the last good one', async () => {
    const user = await directory.createUser();
    expect(await status(user)).toEqual({ username: user.username, ...none });
    await tries(user.username, 2);
    await directory.rows("update bad_login set last_failure_at = '2026-01-02T03:04:05Z' where username = $1", [
      user.username,
    ]);
    expect(await status(user)).toEqual({
      username: user.username,
      bad_attempts_since_last_success_or_reset: 2,
      last_failure_date: '2026-01-02T03:04:05Z',
    });
    await directory.logIn(user.username, userPassword);
    expect(await status(user)).toEqual({ username: user.username, ...none });
  });
});

describe('a user of another provider', () => {
  it('is meant by the id that the provider gives before the name that it may have chosen', async () => {
    const provider = 'https://login.example.com';
    const insert = (user_id: string, provider_id: string, username: string) =>
      directory.rows(
        `insert into app_user (user_id, provider, provider_id, username, email, first_name, last_name, is_validated, created_at) values ($1, $2, $3, $4, '', '', '', true, now())`,
        [user_id, provider, provider_id, username],
      );
    // The first user has chosen the second one's provider id as its name.
    await insert('x-1', 'sub-1', 'sub-2');
    await insert('x-2', 'sub-2', 'Victor');
    await insert('x-3', 'sub-3', 'Victor');
    expect((await lock({ provider, username: 'sub-2' })).user_id).toBe('x-2');
    expect((await lock({ provider, username: 'sub-3' })).user_id).toBe('x-3');
    expect(await status({ provider, username: 'sub-3' })).toMatchObject({ username: 'Victor' });
    await unlock({ provider, username: 'sub-3' });
    expect(await directory.rows("select user_id from user_lock where user_id like 'x-%'")).toEqual([
      { user_id: 'x-2' },
    ]);
  });
});

describe('lockUserByProviderAndUsername', () => {
  it('locks at once: neither the right nor a wrong password is let in, no token works, nothing is counted', async () => {
    const user = await directory.createUser();
    const token = await directory.logIn(user.username, userPassword);
    const locked = await lock(user);
    expect(locked).toEqual({
      user_id: user.user_id,
      type_of_lock: 'lock_via_api',
      last_lock_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    const stored = await directory.rows('select type_of_lock, last_lock_date from user_lock where user_id = $1', [
      user.user_id,
    ]);
    expect(stored).toEqual([{ type_of_lock: 'lock_via_api', last_lock_date: new Date(locked.last_lock_date) }]);
    for (const password of [userPassword, 'a wrong password', ''])
      expect(await failureOf(directory.logIn(user.username, password))).toBe(Failure.FAILURE_USER_LOCKED);
    expect(await failureOf(directory.resolve(token))).toBe(Failure.FAILURE_USER_LOCKED);
    expect(await status(user)).toEqual({ username: user.username, ...none });
    expect(await failureOf(directory.logIn(newName('nobody'), userPassword))).toBe(
      Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
    );
  });

  it('stays one lock, also in parallel', async () => {
    const user = await directory.createUser();
    await Promise.all(Array.from({ length: 8 }, () => lock(user)));
    expect(await directory.rows('select from user_lock where user_id = $1', [user.user_id])).toHaveLength(1);
  });

  it('is seen by a login that began before it', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let checked: () => void = () => undefined;
    const checking = new Promise<void>((resolve) => (checked = resolve));
    const hasher = {
      hash: (password: string) => Promise.resolve(password),
      verify: async () => {
        checked();
        await gate;
        return true;
      },
    };
    const slow = await startDirectory({}, { hasher });
    try {
      const { provider, username, user_id } = await slow.createUser();
      const login = failureOf(slow.logIn(username, userPassword));
      await checking;
      await slow.peer.call(methods.lockUser, { provider, username }, staff(Role.ROLE_CAN_LOCK_USER));
      open();
      expect(await login).toBe(Failure.FAILURE_USER_LOCKED);
      expect(await slow.rows('select from token where user_id = $1', [user_id])).toEqual([]);
    } finally {
      await slow.close();
    }
  });
});

describe('unlockUserByProviderAndUsername', () => {
  it('ends both kinds of locks', async () => {
    const user = await directory.createUser();
    const token = await directory.logIn(user.username, userPassword);
    await tries(user.username, 7);
    await lock(user);
    expect((await status(user)).bad_attempts_since_last_success_or_reset).toBe(6);
    expect(await unlock(user)).toEqual({ username: user.username, ...none });
    expect(await status(user)).toEqual({ username: user.username, ...none });
    expect((await directory.resolve(token)).user_id).toBe(user.user_id);
    await directory.logIn(user.username, userPassword);
  });

  it('does no harm to a user who is not locked', async () => {
    const user = await directory.createUser();
    await Promise.all([unlock(user), unlock(user)]);
    await directory.logIn(user.username, userPassword);
  });

  it('leaves the lock of another user alone', async () => {
    const [locked, other] = [await directory.createUser(), await directory.createUser()];
    await lock(locked);
    await unlock(other);
    expect(await failureOf(directory.logIn(locked.username, userPassword))).toBe(Failure.FAILURE_USER_LOCKED);
  });
});

describe('all three', () => {
  it('find no unknown or deleted user', async () => {
    const deleted = await directory.createUser();
    await directory.peer.call(methods.deleteUser, { user_id: deleted.user_id }, staff(Role.ROLE_CAN_DELETE_USER));
    const names = [
      deleted,
      { provider: deleted.provider, username: newName('nobody') },
      { provider: 'https://elsewhere.example.com', username: 'admin.user' },
      { provider: 'NUL\0', username: 'x' },
    ];
    for (const name of names) {
      for (const call of [status, unlock, lock]) {
        await expect(call(name)).rejects.toMatchObject({
          failure: Failure.FAILURE_USER_NOT_FOUND_BY_PROVIDER_AND_USERNAME,
          detail: '',
        });
      }
    }
    expect(await directory.rows('select from user_lock where user_id = $1', [deleted.user_id])).toEqual([]);
  });

  it('need a role each', async () => {
    const { provider, username } = await directory.createUser();
    for (const method of [
      methods.getUserLockStatus,
      methods.unlockUser,
      methods.lockUser,
    ] as (typeof methods.lockUser)[]) {
      await expect(directory.peer.call(method, { provider, username }, asUser('staff'))).rejects.toMatchObject({
        failure: Failure.FAILURE_USER_HAS_MISSING_ROLES,
      });
    }
  });
});

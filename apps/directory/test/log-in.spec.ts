import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure } from '@platform/messages';
import { limitsFor } from '../src/identity/passwords.js';
import {
  adminPassword,
  context,
  methods,
  newName,
  sha256,
  startDirectory,
  userBody,
  userPassword,
} from './directory.js';

let directory: Awaited<ReturnType<typeof startDirectory>>;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.close());

const attempts = async (username: string) =>
  (await directory.rows('select attempts from bad_login where username = $1', [username]))[0]?.['attempts'] ?? 0;

/** The failure of each login; undefined for one that succeeded. */
async function failures(tries: Promise<string>[]): Promise<(Failure | undefined)[]> {
  return (await Promise.allSettled(tries)).map((result) =>
    result.status === 'fulfilled' ? undefined : (result.reason as { failure: Failure }).failure,
  );
}

describe('LogIn', () => {
  it('issues a token that resolves to the user; the database holds its hash alone', async () => {
    const user = await directory.createUser();
    const token = await directory.logIn(user.username, userPassword);
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(await directory.resolve(token)).toMatchObject({
      user_id: user.user_id,
      username: user.username,
      roles: [],
      super_admin: false,
    });
    const stored = await directory.rows('select * from token where user_id = $1', [user.user_id]);
    expect(stored).toEqual([expect.objectContaining({ token_hash: sha256(token) })]);
    expect(Object.values(stored[0] as object)).not.toContain(token);
    const { created_at, expires_at } = stored[0] as { created_at: Date; expires_at: Date };
    expect(expires_at.getTime() - created_at.getTime()).toBe(28 * 24 * 3_600_000);
  });

  it('leaves earlier tokens of the user valid and forgets expired ones', async () => {
    const user = await directory.createUser();
    const [first, second] = [
      await directory.logIn(user.username, userPassword),
      await directory.logIn(user.username, userPassword),
    ];
    await directory.rows("update token set expires_at = now() - interval '1 minute' where token_hash = $1", [
      sha256(second),
    ]);
    const third = await directory.logIn(user.username, userPassword);
    for (const token of [first, third]) expect((await directory.resolve(token)).user_id).toBe(user.user_id);
    expect(await directory.rows('select from token where user_id = $1', [user.user_id])).toHaveLength(2);
  });

  it('refuses an unknown or disabled consumer key before it looks at the password', async () => {
    const user = await directory.createUser();
    await directory.rows(
      "insert into consumer (consumer_id, consumer_key, app_name, is_enabled, created_at) values ('off', 'disabled-key', 'Off', false, now())",
    );
    for (const key of ['unknown-key', 'disabled-key', '']) {
      await expect(directory.logIn(user.username, 'a wrong password', key)).rejects.toMatchObject({
        failure: Failure.FAILURE_INVALID_CONSUMER_KEY,
      });
    }
    expect(await attempts(user.username)).toBe(0);
  });

  it('answers an unknown user, a wrong password and a deleted user alike', async () => {
    const deleted = await directory.createUser();
    await directory.rows('update app_user set is_deleted = true where user_id = $1', [deleted.user_id]);
    const user = await directory.createUser();
    const answers = await failures([
      directory.logIn(newName('nobody'), userPassword),
      directory.logIn(user.username, 'a wrong password'),
      directory.logIn(user.username, ''),
      directory.logIn(deleted.username, userPassword),
    ]);
    expect(answers).toEqual(Array(4).fill(Failure.FAILURE_INVALID_LOGIN_CREDENTIALS));
  });

  it('refuses NUL and over-long values as bad requests', async () => {
    for (const username of ['with\0nul', 'x'.repeat(513)]) {
      await expect(directory.logIn(username, userPassword)).rejects.toMatchObject({
        failure: Failure.FAILURE_INVALID_JSON_FORMAT,
      });
    }
  });

  it('is for services only', async () => {
    const { user_id } = await directory.admin();
    const call = directory.peer.call(
      methods.logIn,
      { username: 'admin.user', password: adminPassword, consumer_key: 'x' },
      context({ user_id }),
    );
    await expect(call).rejects.toMatchObject({ failure: Failure.FAILURE_USER_HAS_MISSING_ROLES });
  });
});

describe('lockout', () => {
  it('comes after the sixth bad try: the seventh is refused, even with the right password', async () => {
    const { username } = await directory.createUser();
    for (let count = 1; count <= 6; count += 1) {
      expect(await failures([directory.logIn(username, 'a wrong password')])).toEqual([
        Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
      ]);
      expect(await attempts(username)).toBe(count);
    }
    expect(await failures([directory.logIn(username, 'a wrong password')])).toEqual([Failure.FAILURE_USER_LOCKED]);
    expect(await failures([directory.logIn(username, userPassword)])).toEqual([Failure.FAILURE_USER_LOCKED]);
    expect(await attempts(username)).toBe(6);
  });

  it('locks a name that nobody has in the same way', async () => {
    const nobody = newName('nobody');
    for (let count = 1; count <= 6; count += 1) {
      expect(await failures([directory.logIn(nobody, 'a wrong password')])).toEqual([
        Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
      ]);
    }
    expect(await failures([directory.logIn(nobody, 'a wrong password')])).toEqual([Failure.FAILURE_USER_LOCKED]);
    const user = await directory.createUser(nobody);
    expect((await directory.resolve(await directory.logIn(nobody, userPassword))).user_id).toBe(user.user_id);
  });

  it('forgets the counts of strangers after a day, never those of users', async () => {
    const { username } = await directory.createUser();
    const nobody = newName('nobody');
    await failures([directory.logIn(username, 'wrong'), directory.logIn(nobody, 'wrong')]);
    await directory.rows(
      "update bad_login set last_failure_at = now() - interval '25 hours' where username in ($1, $2)",
      [username, nobody],
    );
    await failures([directory.logIn(newName('another'), 'wrong')]);
    expect([await attempts(username), await attempts(nobody)]).toEqual([1, 0]);
  });

  it('starts anew after a good login', async () => {
    const { username } = await directory.createUser();
    for (let count = 0; count < 5; count += 1) await failures([directory.logIn(username, 'a wrong password')]);
    await directory.logIn(username, userPassword);
    expect(await attempts(username)).toBe(0);
    expect(await failures([directory.logIn(username, 'a wrong password')])).toEqual([
      Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
    ]);
    expect(await attempts(username)).toBe(1);
  });

  it('counts 20 parallel wrong tries exactly: six are told so, the rest find a locked user', async () => {
    const { username } = await directory.createUser();
    const answers = await failures(
      Array.from({ length: 20 }, (_, index) => directory.logIn(username, `wrong password ${index}`)),
    );
    expect(answers.filter((failure) => failure === Failure.FAILURE_INVALID_LOGIN_CREDENTIALS)).toHaveLength(6);
    expect(answers.filter((failure) => failure === Failure.FAILURE_USER_LOCKED)).toHaveLength(14);
    expect(await attempts(username)).toBe(6);
    expect(await failures([directory.logIn(username, userPassword)])).toEqual([Failure.FAILURE_USER_LOCKED]);
  });

  it('lets 20 parallel right tries in', async () => {
    const { username } = await directory.createUser();
    expect(await failures(Array.from({ length: 20 }, () => directory.logIn(username, userPassword)))).toEqual(
      Array(20).fill(undefined),
    );
  });

  it('leaves the tokens made before alone: whoever guesses must not throw the user out', async () => {
    const { username, user_id } = await directory.createUser();
    const token = await directory.logIn(username, userPassword);
    await failures(Array.from({ length: 8 }, () => directory.logIn(username, 'a wrong password')));
    expect(await failures([directory.logIn(username, userPassword)])).toEqual([Failure.FAILURE_USER_LOCKED]);
    expect((await directory.resolve(token)).user_id).toBe(user_id);
  });

  it('ends by itself, and is twice as long after each wrong try that follows, up to an hour', async () => {
    const { username } = await directory.createUser();
    await failures(Array.from({ length: 6 }, () => directory.logIn(username, 'a wrong password')));
    const seconds: number[] = [];
    for (let lock = 0; lock < 9; lock += 1) {
      const [row] = await directory.rows(
        'select extract(epoch from locked_until - now())::float8 as left from bad_login where username = $1',
        [username],
      );
      seconds.push(row?.['left'] as number);
      expect(await failures([directory.logIn(username, userPassword)])).toEqual([Failure.FAILURE_USER_LOCKED]);
      await directory.rows("update bad_login set locked_until = now() - interval '1 second' where username = $1", [
        username,
      ]);
      if (lock < 8)
        expect(await failures([directory.logIn(username, 'a wrong password')])).toEqual([
          Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
        ]);
    }
    const expected = [60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600];
    expect(
      seconds.map((left, lock) => left <= (expected[lock] as number) && left > (expected[lock] as number) - 20),
    ).toEqual(expected.map(() => true));
    await directory.logIn(username, userPassword);
    expect(await attempts(username)).toBe(0);
  });
});

describe('a directory that validates users first', () => {
  it('refuses the right password of a new user without counting it, until he is validated', async () => {
    const strict = await startDirectory({ user_account_validated: false });
    try {
      const { username, user_id } = await strict.createUser();
      for (let count = 0; count < 8; count += 1) {
        await expect(strict.logIn(username, userPassword)).rejects.toMatchObject({
          failure: Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
        });
      }
      await strict.rows('update app_user set is_validated = true where user_id = $1', [user_id]);
      expect((await strict.resolve(await strict.logIn(username, userPassword))).user_id).toBe(user_id);
    } finally {
      await strict.close();
    }
  });
});

describe('the work of a login', () => {
  it('is one hash for a wrong password, an unknown user and a user without a password', async () => {
    const verified: string[] = [];
    const hasher = {
      hash: (password: string) => Promise.resolve(`hash of ${password}`),
      verify: (hashed: string, password: string) => {
        verified.push(password);
        return Promise.resolve(hashed === `hash of ${password}`);
      },
    };
    const counted = await startDirectory({}, { hasher });
    try {
      const { username } = await counted.createUser();
      await counted.rows(
        "insert into app_user values ('foreign', 'https://id.example.com', 'f', 'foreign.user', 'f@example.com', 'F', 'F', null, true, false, false, now())",
      );
      verified.length = 0;
      for (const name of [username, newName('nobody'), 'foreign.user']) {
        await expect(counted.logIn(name, `wrong for ${name}`)).rejects.toMatchObject({
          failure: Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
        });
        expect(verified.splice(0)).toEqual([`wrong for ${name}`]);
      }
    } finally {
      await counted.close();
    }
  });

  it('waits in a bounded queue; beyond it the answer is "too many requests", and nobody is counted', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const hasher = {
      hash: (password: string) => Promise.resolve(password),
      verify: (hashed: string, password: string) => gate.then(() => hashed === password),
    };
    const slow = await startDirectory({}, { hasher });
    try {
      const { username } = await slow.createUser();
      let refused = 0;
      const { running, waiting } = limitsFor(availableParallelism());
      const tries = Array.from({ length: running + waiting + 4 }, () => slow.logIn(username, userPassword));
      // The other logins run or wait for the gate until four have been refused.
      await new Promise<void>((resolve) => {
        for (const attempt of tries) attempt.catch(() => ++refused === 4 && resolve());
      });
      open();
      const answers = await failures(tries);
      expect(answers.filter((failure) => failure !== undefined)).toEqual(Array(4).fill(Failure.FAILURE_TOO_BUSY));
      expect(await slow.rows('select from bad_login')).toEqual([]);
    } finally {
      await slow.close();
    }
  });

  it('keeps the given passwords out of the database', async () => {
    const body = userBody({ password: 'a very telling password' });
    const user = await directory.peer.call(methods.createUser, { body }, context());
    const [row] = await directory.rows('select * from app_user where user_id = $1', [user.user_id]);
    expect(JSON.stringify(row)).not.toContain('telling');
    expect(row?.['password_hash']).toMatch(/^\$argon2id\$/);
  });
});

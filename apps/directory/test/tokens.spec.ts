import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openOrm } from '@platform/persistence';
import { rpc } from '@platform/grpc';
import { Failure, type LoginToken, TokenServiceDefinition } from '@platform/messages';
import { createLogger, wireTime } from '@platform/runtime';
import { database } from '../src/gen/database.js';
import { createTokenUse } from '../src/token/token-use.js';
import { all, asUser, consumerKey, newName, sha256, startDirectory, userPassword } from './directory.js';

const getMyTokens = rpc(TokenServiceDefinition, 'getMyTokens');
const deleteMyToken = rpc(TokenServiceDefinition, 'deleteMyToken');
const minute = 60_000;

let now = Date.now();
let directory: Awaited<ReturnType<typeof startDirectory>>;
beforeAll(async () => {
  directory = await startDirectory({ token_idle_minutes: 15 }, { clock: () => now });
});
afterAll(() => directory.close());

const own = async (user_id: string): Promise<LoginToken[]> =>
  (await all(directory.peer.stream(getMyTokens, {}, asUser(user_id, [], '', now)))).flatMap(({ tokens }) => tokens);
const end = async (user_id: string, token_id: string): Promise<boolean> =>
  (await directory.peer.call(deleteMyToken, { token_id }, asUser(user_id, [], '', now))).value;
const invalid = { failure: Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID };
const lastUse = async (token: string): Promise<number> =>
  (
    (await directory.rows('select last_used_at from token where token_hash = $1', [sha256(token)]))[0]?.[
      'last_used_at'
    ] as Date
  ).getTime();
const signedToken = async (user_id: string, consumer_id: string): Promise<string> => {
  const token = newName('signed');
  await directory.rows(
    "insert into oauth_access_token (token, token_secret, user_id, consumer_id, created_at, last_used_at, expires_at) values ($1, 's', $2, $3, $4::timestamptz, $4, $4::timestamptz + interval '1 week')",
    [token, user_id, consumer_id, wireTime(now)],
  );
  return token;
};

/** Waits until a use is written, about a second later. */
async function written(token: string, at: number): Promise<void> {
  for (let attempt = 0; attempt < 200 && (await lastUse(token)) !== at; attempt += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await lastUse(token)).toBe(at);
}

describe('a token that is not used', () => {
  it('ends after the minutes that were set, and not while it is used', async () => {
    now = Math.floor(Date.now() / 1_000) * 1_000;
    const user = await directory.createUser();
    const [used, unused] = [
      await directory.logIn(user.username, userPassword),
      await directory.logIn(user.username, userPassword),
    ];
    now += 10 * minute;
    await directory.resolve(used);
    await written(used, now);
    now += 5 * minute - 1_000;
    // A look-up that is refused does not count as a use.
    await directory.rows(
      "insert into user_lock (user_id, type_of_lock, last_lock_date) values ($1, 'lock_via_api', now())",
      [user.user_id],
    );
    await expect(directory.resolve(unused)).rejects.toMatchObject({ failure: Failure.FAILURE_USER_LOCKED });
    await directory.rows('delete from user_lock where user_id = $1', [user.user_id]);
    now += 1_000;
    await expect(directory.resolve(unused)).rejects.toMatchObject(invalid);
    expect((await directory.resolve(used)).user_id).toBe(user.user_id);
    await written(used, now);
    now += 15 * minute;
    await expect(directory.resolve(used)).rejects.toMatchObject(invalid);
    // The next login deletes the expired tokens.
    await directory.logIn(user.username, userPassword);
    expect(await directory.rows('select from token where user_id = $1', [user.user_id])).toHaveLength(1);
  });

  it('lives on where nothing is set', async () => {
    const lasting = await startDirectory({}, { clock: () => now });
    try {
      const user = await lasting.createUser();
      const token = await lasting.logIn(user.username, userPassword);
      now += 27 * 24 * 60 * minute;
      expect((await lasting.resolve(token)).user_id).toBe(user.user_id);
      now += 24 * 60 * minute;
      await expect(lasting.resolve(token)).rejects.toMatchObject(invalid);
    } finally {
      await lasting.close();
    }
  });
});

describe('the last use', () => {
  it('is written at most once a minute, and for all tokens of a second together', async () => {
    now = Math.floor(Date.now() / 1_000) * 1_000;
    const user = await directory.createUser();
    const tokens = await Promise.all([1, 2, 3].map(() => directory.logIn(user.username, userPassword)));
    const writes = async () =>
      Number(
        (
          await directory.rows('select xmin::text from token where token_hash = $1', [sha256(tokens[0] as string)])
        )[0]?.['xmin'],
      );
    const first = await writes();
    for (let index = 0; index < 50; index += 1) await directory.resolve(tokens[0] as string);
    now += minute - 1_000;
    await directory.resolve(tokens[0] as string);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(await writes()).toBe(first);
    now += 1_000;
    await Promise.all(Array.from({ length: 50 }, (_, index) => directory.resolve(tokens[index % 3] as string)));
    for (const token of tokens) await written(token, now);
    const rows = await directory.rows('select distinct xmin::text from token where user_id = $1', [user.user_id]);
    expect(rows).toHaveLength(1);
  });

  it('is not lost when the process ends, and written once by two that saw it', async () => {
    const user = await directory.createUser();
    const token = await directory.logIn(user.username, userPassword);
    const [row] = await directory.rows('select token_id from token where token_hash = $1', [sha256(token)]);
    const orm = await openOrm({ ...database, url: directory.database_url, pool: 2 });
    const later = Math.floor(now / 1_000) * 1_000 + 2 * minute;
    const replicas = [later, later + 1_000].map((at) =>
      createTokenUse({ orm, clock: () => at, log: createLogger('test', 'silent'), gather_ms: 60_000 }),
    );
    for (const replica of replicas)
      replica.used('token', { token_id: String(row?.['token_id']), last_used_at: wireTime(now) });
    for (const replica of replicas) await replica.close();
    await orm.close(true);
    expect(await lastUse(token)).toBe(later);
  });
});

describe('the tokens of a user', () => {
  it('are listed newest first, without what opens anything', async () => {
    now = Math.floor(Date.now() / 1_000) * 1_000;
    const user = await directory.createUser();
    const other = await directory.createUser();
    const token = await directory.logIn(user.username, userPassword);
    await directory.logIn(other.username, userPassword);
    const { consumer_id } = await directory.resolve(token);
    now += 2_000;
    const signed = await signedToken(user.user_id, consumer_id);
    const at = (offset_ms: number) => wireTime(now + offset_ms);
    const listed = await own(user.user_id);
    expect(listed).toEqual([
      {
        token_id: expect.any(String),
        type: 'OAuth1.0a',
        consumer_id,
        app_name: 'First application',
        created: at(0),
        last_used: at(0),
        expires: at(15 * minute),
      },
      {
        token_id: expect.any(String),
        type: 'DirectLogin',
        consumer_id,
        app_name: 'First application',
        created: at(-2_000),
        last_used: at(-2_000),
        expires: at(15 * minute - 2_000),
      },
    ]);
    const text = JSON.stringify(listed);
    for (const secret of [token, sha256(token).toString('hex'), sha256(token).toString('base64'), signed, consumerKey])
      expect(text).not.toContain(secret);
    now += 15 * minute - 2_000;
    expect((await own(user.user_id)).map(({ type }) => type)).toEqual(['OAuth1.0a']);
  });

  it('come in pages however many there are, and end by their own time at the latest', async () => {
    const user = await directory.createUser();
    await directory.rows(
      `insert into token (token_hash, user_id, consumer_id, created_at, last_used_at, expires_at)
       select sha256(($1 || n)::bytea), $1, (select consumer_id from consumer limit 1), $2::timestamptz, $2::timestamptz, $2::timestamptz + interval '1 minute' from generate_series(1, 1203) n`,
      [user.user_id, wireTime(now)],
    );
    const listed = await own(user.user_id);
    expect([listed.length, new Set(listed.map(({ token_id }) => token_id)).size]).toEqual([1_203, 1_203]);
    expect(listed[0]?.expires).toBe(wireTime(now + minute));
  });

  it('can be ended one by one, by their owner alone', async () => {
    const user = await directory.createUser();
    const other = await directory.createUser();
    const [one, two] = [
      await directory.logIn(user.username, userPassword),
      await directory.logIn(user.username, userPassword),
    ];
    await signedToken(user.user_id, (await directory.resolve(one)).consumer_id);
    const idOf = async (token: string) =>
      String(
        (await directory.rows('select token_id from token where token_hash = $1', [sha256(token)]))[0]?.['token_id'],
      );
    const first = await idOf(one);
    expect(await end(other.user_id, first)).toBe(false);
    expect(await end(user.user_id, 'unknown')).toBe(false);
    expect(await end(user.user_id, 'no id\0')).toBe(false);
    const ended = await Promise.all([1, 2, 3].map(() => end(user.user_id, first)));
    expect(ended.filter(Boolean)).toHaveLength(1);
    await expect(directory.resolve(one)).rejects.toMatchObject(invalid);
    expect((await directory.resolve(two)).user_id).toBe(user.user_id);
    const signed = (await own(user.user_id)).find(({ type }) => type === 'OAuth1.0a');
    expect(await end(user.user_id, signed?.token_id ?? '')).toBe(true);
    expect((await own(user.user_id)).map(({ type }) => type)).toEqual(['DirectLogin']);
    const told = await directory.rows(
      "select user_id, subject from audit.event where kind = 'token' and user_id = $1",
      [user.user_id],
    );
    expect(told).toHaveLength(2);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { callerKey, serviceClaims, signAssertion } from '@platform/entitlements';
import { Failure, rpcTable } from '@platform/messages';
import { createReader, openOrm } from '@platform/persistence';
import type { RunningService } from '@platform/service';
import { createTestDatabase, type TestDatabase } from '@platform/testing';
import { Client as Sql } from 'pg';
import { database } from '../src/gen/database.js';
import { ensureFirstLogin } from '../src/first-login.js';
import { createPasswords } from '../src/identity/passwords.js';
import { createDirectoryService, type DirectoryConfig } from '../src/index.js';
import { adminPassword, connect, type Directory, secret, testConfig, userPassword } from './directory.js';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** An empty database without tables, so that the service has to create them. */
async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase('directory-empty');
  open.push(database);
  return database;
}

async function start(
  url: string,
  change: Partial<DirectoryConfig> = {},
): Promise<Directory & { service: RunningService }> {
  const service = await createDirectoryService(testConfig(url, change));
  const directory = connect(service.port);
  open.push({ close: () => service.close() }, { close: () => directory.peer.close() });
  return { ...directory, service };
}

/** The steps that a replica performs on the database before it listens. */
async function prepare(url: string): Promise<void> {
  const orm = await openOrm({ ...database, url, pool: 2 });
  const reader = createReader(url);
  try {
    await ensureFirstLogin({ orm, reader, config: testConfig(url), passwords: await createPasswords() });
  } finally {
    await Promise.all([orm.close(true), reader.close()]);
  }
}

async function stop(directory: Directory & { service: RunningService }): Promise<void> {
  open.splice(-2);
  directory.peer.close();
  await directory.service.close();
}

async function rows(url: string, text: string): Promise<unknown[]> {
  const sql = new Sql({ connectionString: url });
  await sql.connect();
  try {
    return (await sql.query<Record<string, unknown>>(text)).rows;
  } finally {
    await sql.end();
  }
}

describe('the first start', () => {
  it('makes the tables, one super admin and one application, however many replicas start together', async () => {
    const { url } = await emptyDatabase();
    await Promise.all([1, 2, 3, 4].map(() => prepare(url)));
    const [first] = await rows(url, 'select user_id from app_user');
    expect(await (await start(url)).admin()).toMatchObject({ ...(first as object), super_admin: true });
    // Version 7, as for every user: users of the same second are listed in the order of creation.
    expect(await rows(url, `select username, is_super_admin, substr(user_id, 15, 1) as version from app_user`)).toEqual(
      [{ username: 'admin.user', is_super_admin: true, version: '7' }],
    );
    expect(await rows(url, 'select is_enabled from consumer')).toEqual([{ is_enabled: true }]);
  });

  it('makes them again and again at the same moment, whichever index decides', async () => {
    const { url } = await emptyDatabase();
    await prepare(url);
    // A hash that costs nothing, so that all of them write at once.
    const passwords = { hash: async (password: string) => password, verify: async () => false };
    const config = testConfig(url);
    const replicas = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(async () => {
        const orm = await openOrm({ ...database, url, pool: 1 });
        const reader = createReader(url, 1);
        open.push({ close: () => orm.close(true) }, { close: () => reader.close() });
        return { orm, reader, config, passwords };
      }),
    );
    for (let round = 0; round < 40; round += 1) {
      await rows(url, 'truncate app_user, consumer cascade');
      await Promise.all(replicas.map((replica) => ensureFirstLogin(replica)));
      expect(
        await rows(url, 'select count(*)::int from app_user union all select count(*)::int from consumer'),
      ).toEqual([{ count: 1 }, { count: 1 }]);
    }
  });

  it('serves on a pool of one connection', async () => {
    const { url } = await emptyDatabase();
    const directory = await start(url, { database_pool: 1 });
    const { user_id } = await directory.admin();
    await Promise.all(Array.from({ length: 8 }, () => directory.createBank(user_id)));
    expect(await rows(url, 'select from bank')).toHaveLength(8);
  });
});

describe('a later start', () => {
  it('keeps users, tokens, banks and entitlements', async () => {
    const { url } = await emptyDatabase();
    const before = await start(url);
    const admin = await before.admin();
    const user = await before.createUser();
    const token = await before.logIn(user.username, userPassword);
    const bank = await before.createBank(user.user_id);
    const identity = await before.resolve(token);
    await stop(before);
    const after = await start(url);
    expect(await after.resolve(token)).toEqual(identity);
    expect((await after.admin()).user_id).toBe(admin.user_id);
    expect((await after.entitlements(user.user_id)).map(({ bank_id }) => bank_id)).toEqual([bank.id, bank.id]);
  });

  it('with another password changes it, ends its tokens and its lock; the same password does not', async () => {
    const { url } = await emptyDatabase();
    const before = await start(url);
    const token = await before.logIn('admin.user', adminPassword);
    const { user_id } = await before.resolve(token);
    await stop(before);
    const same = await start(url);
    expect((await same.resolve(token)).user_id).toBe(user_id);
    for (let count = 0; count < 7; count += 1)
      await same.logIn('admin.user', 'a wrong password').catch(() => undefined);
    await stop(same);
    const changed = await start(url, { admin_password: 'another-admin-password' });
    await expect(changed.logIn('admin.user', adminPassword)).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_LOGIN_CREDENTIALS,
    });
    await expect(changed.resolve(token)).rejects.toMatchObject({ failure: Failure.FAILURE_DIRECT_LOGIN_TOKEN_INVALID });
    expect(await changed.resolve(await changed.logIn('admin.user', 'another-admin-password'))).toMatchObject({
      user_id,
      super_admin: true,
    });
  });

  it('with another name makes that one the super admin; with another key replaces the old one', async () => {
    const { url } = await emptyDatabase();
    await stop(await start(url));
    const changed = await start(url, { admin_username: 'second.admin', consumer_key: 'second-consumer-key' });
    await expect(changed.logIn('second.admin', adminPassword)).rejects.toMatchObject({
      failure: Failure.FAILURE_INVALID_CONSUMER_KEY,
    });
    expect(
      await changed.resolve(await changed.logIn('second.admin', adminPassword, 'second-consumer-key')),
    ).toMatchObject({ super_admin: true });
    expect(
      await changed.resolve(await changed.logIn('admin.user', adminPassword, 'second-consumer-key')),
    ).toMatchObject({ super_admin: false });
    expect(await rows(url, 'select from consumer')).toHaveLength(1);
  });

  it('under another public address still lets the users of before in', async () => {
    const { url } = await emptyDatabase();
    const before = await start(url);
    const { username } = await before.createUser();
    await stop(before);
    const moved = await start(url, { provider: 'https://api.example.com' });
    expect((await moved.resolve(await moved.logIn(username, userPassword))).username).toBe(username);
    expect(await moved.createUser()).toMatchObject({ provider: 'https://api.example.com' });
    await expect(moved.createUser(username)).rejects.toMatchObject({ failure: Failure.FAILURE_USERNAME_TAKEN });
    expect(await rows(url, "select from app_user where username = 'admin.user'")).toHaveLength(1);
  });
});

describe('a start that cannot be', () => {
  it('never shows the secrets it failed with', async () => {
    const { url } = await emptyDatabase();
    await start(url);
    await rows(
      url,
      "insert into consumer (consumer_id, consumer_key, app_name, is_enabled, created_at) values ('c', 'a-key-that-is-taken', 'Other', true, now())",
    );
    const refusal = async () =>
      String(
        await createDirectoryService(testConfig(url, { consumer_key: 'a-key-that-is-taken' })).catch(
          (error: unknown) => error,
        ),
      );
    expect(await refusal()).toMatch(/CONSUMER_KEY is the key of another application/);
    await rows(url, 'drop table consumer cascade');
    expect(await refusal()).toBe(
      'Error: the first admin and application cannot be prepared: relation "consumer" does not exist (42P01)',
    );
  });

  it('fails with the reason and leaves nothing open', async () => {
    const database = await emptyDatabase();
    const { port } = (await start(database.url)).service;
    await expect(createDirectoryService(testConfig(database.url, { port }))).rejects.toThrow(
      `port ${port} is in use: set DIRECTORY_PORT to another one`,
    );
    await expect(
      createDirectoryService(testConfig(database.url.replace(/:\/\/[^@]*@/, '://nobody:nothing@'))),
    ).rejects.toMatchObject({ code: '28P01' });
  });
});

describe('a start whose database is busy', () => {
  it('waits until the first admin can be prepared', async () => {
    const { url } = await emptyDatabase();
    await stop(await start(url));
    const locker = new Sql({ connectionString: url });
    await locker.connect();
    await locker.query('begin; lock table app_user in access exclusive mode');
    let started = false;
    const starting = start(url).then(() => (started = true));
    await sleep(3_000);
    expect(started).toBe(false);
    await locker.end();
    await starting;
  });
});

describe('a caller', () => {
  it('is needed for every rpc', async () => {
    const { url } = await emptyDatabase();
    const { service } = await start(url);
    const raw = new Client(`127.0.0.1:${service.port}`, credentials.createInsecure());
    const refusal = (path: string, assertion?: Buffer) =>
      new Promise<number | undefined>((resolve) => {
        const metadata = new Metadata();
        if (assertion !== undefined) metadata.set(callerKey, assertion);
        const call = raw.makeServerStreamRequest(
          path,
          () => Buffer.alloc(0),
          (bytes) => bytes,
          {},
          metadata,
        );
        call
          .on('data', () => resolve(status.OK))
          .on('end', () => resolve(status.OK))
          .on('error', (error) => resolve((error as { code?: number }).code));
      });
    const paths = Object.keys(rpcTable).filter((path) => path.startsWith('/obp.directory.'));
    expect(paths).toHaveLength(114);
    for (const path of paths) {
      const forged = signAssertion(`${secret}.`, 'gateway', serviceClaims, path, Date.now());
      const ofAnother = signAssertion(secret, 'gateway', serviceClaims, `${path}.`, Date.now());
      for (const assertion of [undefined, forged, ofAnother, Buffer.from('x')])
        expect([path, await refusal(path, assertion)]).toEqual([path, status.UNAUTHENTICATED]);
      const expired = signAssertion(secret, 'gateway', serviceClaims, path, Date.now() - 60_001);
      expect([path, await refusal(path, expired)]).toEqual([path, status.DEADLINE_EXCEEDED]);
    }
    raw.close();
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createProxy, createTestDatabase, eventually, patient, type Proxy, type TestDatabase } from '@platform/testing';
import { Client } from 'pg';
import { createProbe, createReader, openOrm, type Probe, whenReachable } from '../src/index.js';

let database: TestDatabase;
let proxy: Proxy;
let url: string;
let admin: Client;
beforeEach(async () => {
  database = await createTestDatabase('probe');
  proxy = await createProxy(Number(new URL(database.url).port));
  const through = new URL(database.url);
  through.port = String(proxy.port);
  url = through.toString();
  admin = new Client({ connectionString: database.url });
  await admin.connect();
});
afterEach(async () => {
  await proxy.close();
  await admin.end();
  await database.close();
});

/** Resolves when the probe has a connection and has used it; the connection may be only a moment old. */
async function probing(): Promise<void> {
  const asked = `select from pg_stat_activity where datname = current_database() and application_name = 'customer-platform-probe' and state = 'idle' and query = 'select 1'`;
  await eventually(2_000, 'the probe', async () => (await admin.query(asked)).rowCount === 1);
}

describe('a probe', () => {
  let probe: Probe;
  let changes: boolean[];
  let said: string[];
  beforeEach(() => {
    changes = [];
    said = [];
    const note = (_: unknown, text: unknown) => void said.push(String(text));
    probe = createProbe({
      url,
      log: { warn: note as never, info: (text: unknown) => void said.push(String(text)) },
      changed: (answers) => changes.push(answers),
      every_ms: 100,
    });
  });
  afterEach(() => probe.close());

  it('says within two seconds that a database went silent, and that it answers again', async () => {
    await probing();
    proxy.silence();
    await eventually(2_000, 'the silence', () => changes.length >= 1);
    await eventually(1_000, 'the answer', () => changes.length >= 2);
    expect(changes).toEqual([false, true]);
    expect(said).toEqual(['the database does not answer', 'the database answers again']);
  });

  it('says so of one that is not there, once per question, and tells of each change once', async () => {
    await probing();
    const { port } = proxy;
    await proxy.close();
    await eventually(1_000, 'four lines', () => said.length > 3);
    expect(changes).toEqual([false]);
    expect(new Set(said)).toEqual(new Set(['the database does not answer']));
    proxy = await createProxy(Number(new URL(database.url).port), port);
    await eventually(1_000, 'the answer', () => changes.length >= 2);
  });

  it('ends in the middle of a question', async () => {
    await probing();
    proxy.silence();
    await sleep(200);
    const since = Date.now();
    await probe.close();
    expect(Date.now() - since).toBeLessThan(patient(1_500));
  });
});

describe('opening', () => {
  const open = (at: string) => () => openOrm({ url: at, entities: [], migrations: [] });
  const said: unknown[] = [];
  const log = { warn: ((fields: unknown) => void said.push(fields)) as never };

  it('waits for a database that is not there yet', async () => {
    const { port } = proxy;
    await proxy.close();
    const opening = whenReachable(log, open(url));
    await eventually(3_000, 'a line', () => said.length > 0);
    proxy = await createProxy(Number(new URL(database.url).port), port);
    await (await opening).close(true);
    expect(said[0]).toEqual({ reason: expect.stringContaining('ECONNREFUSED') });
  });

  it('does not wait for what time cannot heal', async () => {
    const wrong = new URL(database.url);
    wrong.password = 'wrong';
    await expect(whenReachable(log, open(wrong.toString()))).rejects.toMatchObject({ code: '28P01' });
    const reader = createReader(wrong.toString(), 1);
    await expect(reader.page({ text: 'select 1', values: [] })).rejects.toMatchObject({ code: '28P01' });
    await reader.close();
  });

  it.each([
    ['the database is missing and the user may make none', '', { code: '42501' }],
    [
      'the certificate of the authority is missing',
      '?sslmode=verify-full&sslrootcert=/no/such.pem',
      { code: 'ENOENT' },
    ],
  ])('does not wait when %s', async (_, query, refusal) => {
    const role = `poor_${Date.now()}`;
    await admin.query(`create role ${role} login password 'secret'`);
    const poor = new URL(`${url}${query}`);
    poor.username = role;
    poor.password = 'secret';
    poor.pathname = '/no_such_database';
    try {
      await expect(whenReachable(log, open(poor.toString()))).rejects.toMatchObject(refusal);
    } finally {
      await admin.query(`drop role ${role}`);
    }
  });
});

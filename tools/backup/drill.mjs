// Backs up a platform under load, restores it elsewhere, and looks for every write that was acknowledged before.
//   POSTGRES_BIN   a folder with pg_dump and pg_restore (default: those of a Python package, which is installed)
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createPostgres, runningPostgres } from '@platform/postgres';
import { python } from '../lib/python.mjs';
import { withPlatform } from '../lib/running-platform.mjs';
import { openSession, startWrites } from './drill-client.mjs';
import { beginTask, count, enough, isAtWork, lockRecords, query, settled, tool } from './drill-steps.mjs';

const bank_id = 'care.bank';
const work = mkdtempSync(join(tmpdir(), 'care-drill-'));
const folder = join(work, 'backup');
mkdirSync(folder);
process.env.POSTGRES_BIN ||= packagedPrograms();
try {
  const before = await backUpUnderLoad();
  const server = await createPostgres({ dataDir: join(work, 'server'), durable: false });
  try {
    await restoreInto(server, before);
    await findDangling(server, before);
  } finally {
    await server.close();
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}

function packagedPrograms() {
  const path = python(dirname(fileURLToPath(import.meta.url)));
  const script = "import sysconfig; print(sysconfig.get_path('purelib'))";
  const packages = execFileSync(path, ['-c', script], { encoding: 'utf8' }).trim();
  return join(packages, 'embedded_postgres/pginstall/bin');
}

/** Backs up the embedded server of a running platform. */
async function backUpUnderLoad() {
  const before = /** @type {any} */ ({});
  await withPlatform(async ({ origin, dataDir, stop }) => {
    const credentials = JSON.parse(readFileSync(join(dataDir, 'credentials.json'), 'utf8'));
    const { admin_password: password, consumer_key, consumer_secret } = credentials;
    Object.assign(before, { username: 'admin.user', password, consumer_key, consumer_secret });
    const session = await openSession({ origin, ...before, bank_id });
    const writes = startWrites(session);
    await enough(writes);
    // A deletion that cannot finish before the backup: its task is all that remains of it.
    const pending = await session.create();
    const lock = await lockRecords(runningPostgres(dataDir)('attributes'), pending);
    const removal = session.remove(pending);
    await sleep(300);
    Object.assign(before, writes.acknowledged(), { pending });
    // The moment is never between a deletion's start and its commit.
    const beginning = await beginTask(runningPostgres(dataDir)('customers'), bank_id);
    const backup = tool('backup', [folder], { DATA_DIR: dataDir });
    await isAtWork(runningPostgres(dataDir)('customers'));
    await sleep(1_500);
    assert.deepEqual(readdirSync(folder), []);
    await beginning.end();
    const { code, output } = await backup;
    assert.equal(code, 0, output);
    assert.ok(!output.includes(password));
    await lock.end();
    await removal;
    await sleep(500);
    await writes.stop();
    await stop();
  });
  assert.equal(statSync(join(folder, 'customers.dump')).mode & 0o077, 0);
  const again = await tool('backup', [folder], {});
  assert.equal(again.code, 1);
  assert.match(again.output, /is not empty/);
  return before;
}

async function restoreInto(server, before) {
  const env = { DATABASE_URL: server.url('postgres') };
  const restored = await tool('restore', [folder], env);
  assert.equal(restored.code, 0, restored.output);
  const without = await tool('backup', [join(work, 'none')], { ...env, POSTGRES_BIN: work });
  assert.equal(without.code, 1);
  assert.ok(without.output.includes(`POSTGRES_BIN (${work}) has none. Set it to the folder`), without.output);
  const again = await tool('restore', [folder], env);
  assert.equal(again.code, 1);
  assert.match(again.output, /has tables/);
  const replaced = await tool('restore', [folder, '--replace-existing-data'], env);
  assert.equal(replaced.code, 0, replaced.output);
  const { kept, deleted, pending } = before;
  await withPlatform(
    async ({ origin, stop }) => {
      const session = await openSession({ origin, ...before, bank_id });
      for (const customer_id of kept)
        assert.equal(await session.read(customer_id), 200, 'an acknowledged write is lost');
      for (const customer_id of [...deleted, pending]) assert.equal(await session.read(customer_id), 404);
      await settled(server);
      assert.equal(await count(server, 'attributes', 'customer_attribute', pending), 0);
      assert.equal(await count(server, 'links', 'user_customer_link', pending), 0);
      await session.create();
      await stop();
    },
    settingsOf(before, env),
  );
  const { code, output } = await tool('verify-data', [], env);
  assert.equal(code, 0, output);
  console.log(
    `restored ${kept.length} customers, ${deleted.length} deleted ones stay deleted, one deletion was completed`,
  );
}

function settingsOf({ username, password, consumer_key, consumer_secret }, env) {
  return {
    ...env,
    ADMIN_USERNAME: username,
    ADMIN_PASSWORD: password,
    CONSUMER_KEY: consumer_key,
    CONSUMER_SECRET: consumer_secret,
  };
}

/** Damage is found: records without their customer, rows that are gone, a changed file. */
async function findDangling(server, { pending }) {
  const env = { DATABASE_URL: server.url('postgres') };
  await query(server, 'attributes', `insert into customer_attribute values ($1, 'a', $2, 'TIER', 'STRING', 'gold')`, [
    bank_id,
    'nobody',
  ]);
  await query(server, 'links', `insert into user_customer_link values ($1, 'l', $2, 'no-user', now(), true)`, [
    bank_id,
    'nobody',
  ]);
  const found = await tool('verify-data', [folder], env);
  assert.equal(found.code, 1);
  for (const text of [
    /attributes of customers: 1 wrong, such as care.bank\/nobody/,
    /to users: 1 wrong/,
    /customer_attribute has/,
  ])
    assert.match(found.output, text);
  await tool('verify-data', ['--repair'], env);
  assert.equal((await query(server, 'customers', `select from outbox where subject = 'nobody'`)).length, 1);
  await withPlatform(async ({ stop }) => {
    await settled(server);
    await stop();
  }, env);
  assert.equal((await tool('verify-data', [], env)).code, 0);
  assert.equal(await count(server, 'links', 'user_customer_link', pending), 0);
  appendFileSync(join(folder, 'links.dump'), 'x');
  const changed = await tool('restore', [folder, '--replace-existing-data'], env);
  assert.equal(changed.code, 1);
  assert.match(changed.output, /changed since the backup: links.dump/);
  console.log('dangling records, missing rows and a changed file are found');
}

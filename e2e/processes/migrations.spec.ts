import { afterEach, expect, it, jest } from '@jest/globals';
import { openOrm } from '@platform/persistence';
import { createTestDatabase } from '@platform/testing';
import { database as agents } from '../../apps/agents/src/gen/database.js';
import { database as customers } from '../../apps/customers/src/gen/database.js';
import { database as directory } from '../../apps/directory/src/gen/database.js';
import { createOpen } from './open.js';
import { sql } from './sql.js';
import { startWaits } from './waits.js';

// A million rows take minutes: MIGRATION_ROWS=1000000 npm test -- e2e/processes/migrations.spec.ts
const rows = Number(process.env['MIGRATION_ROWS'] ?? 50_000);
jest.setTimeout(900_000);

/**
 * The longest time for which a migration may keep a reader or a writer waiting, in pieces of plain work, so that it does
 * not depend on the machine and on what else runs there.
 */
const longestWorks = Math.max(25, rows / 2_500);

const { opened, closeAll } = createOpen();
afterEach(closeAll);

/** Services whose tables are older than some of their migrations. */
const cases = {
  customers: {
    ...customers,
    before: '20261128120000',
    fill: `insert into customer select 'bank', n::text, n::text, 'Ada ' || n, '+49 30 ' || n, '', '', null, null, '', 0, '{}', '', '', '', '', '', '',
      false, timestamptz '2023-01-01Z' + n * interval '1 second', '', '', '', now(), now() from generate_series(1, ${rows}) n`,
    reads: 'select legal_name from customer where bank_id = $1 and customer_id = $2',
    writes: 'update customer set legal_name = legal_name || $1 where customer_id = $2',
  },
  directory: {
    ...directory,
    before: '20261127190000',
    fill: `insert into consumer (consumer_id, consumer_key, app_name, is_enabled, created_at) values ('c', 'c', 'c', true, now());
      insert into app_user (user_id, provider, provider_id, username, email, first_name, last_name, is_validated, created_at)
      select n::text, 'p', n::text, 'user' || n, n || '@example.com', '', '', true, now() from generate_series(1, ${rows}) n;
      insert into token (token_hash, user_id, consumer_id, created_at, expires_at)
      select n::text::bytea, n::text, 'c', now(), now() from generate_series(1, ${rows}) n`,
    reads: 'select user_id from token where consumer_id <> $1 and user_id = $2',
    writes:
      'with used as (update token set expires_at = now() where user_id = $2) update app_user set email = $1 where user_id = $2',
  },
  // Far more unfinished tasks than there ever are.
  agents: {
    ...agents,
    before: '20261128200000',
    fill: `insert into agent select 'bank', n::text, n::text, 'Ada ' || n, '', 'EUR', n::text, '', true, false, true, now() from generate_series(1, ${rows}) n;
      insert into outbox select 'bank', n::text, 0, now() from generate_series(1, ${rows / 100}) n`,
    reads: 'select attempts from outbox where bank_id = $1 and subject = $2',
    writes: 'update outbox set attempts = attempts + length($1) where subject = $2',
  },
};

it.each(Object.entries(cases))(
  '%s: later migrations of full tables let nobody wait for long',
  async (name, { entities, migrations, before, fill, reads, writes }) => {
    const database = opened(await createTestDatabase('migrations'));
    const migrate = async (wanted: typeof migrations): Promise<void> =>
      (await openOrm({ url: database.url, entities, migrations: wanted })).close(true);
    await migrate(migrations.filter((migration) => migration.name < before));
    await sql(database.url, fill);
    await sql(database.url, 'vacuum analyze');
    const waits = opened(await startWaits(database.url, { reads, writes }, ['bank', '7']));
    const since = performance.now();
    await migrate(migrations);
    const took_ms = Math.round(performance.now() - since);
    const found = await waits.stop();
    process.stderr.write(`${name}: ${rows} rows migrated in ${took_ms} ms; longest wait: ${JSON.stringify(found)}\n`);
    expect(found.failures).toEqual([]);
    for (const { works } of [found.reader, found.writer]) expect(works).toBeLessThanOrEqual(longestWorks);
  },
);

it('an index that is built while nobody may write is found by this measure', async () => {
  const { entities, migrations, before, fill, reads, writes } = cases.customers;
  const database = opened(await createTestDatabase('migrations'));
  const older = migrations.filter((migration) => migration.name < before);
  await (await openOrm({ url: database.url, entities, migrations: older })).close(true);
  await sql(database.url, fill);
  const waits = opened(await startWaits(database.url, { reads, writes }, ['bank', '7']));
  await sql(database.url, 'create index on customer using gin (email gin_trgm_ops, legal_name gin_trgm_ops)');
  const { reader, writer } = await waits.stop();
  process.stderr.write(`longest wait for an index: ${JSON.stringify({ reader, writer })}\n`);
  expect(reader.works).toBeLessThanOrEqual(longestWorks);
  expect(writer.works).toBeGreaterThan(longestWorks);
});

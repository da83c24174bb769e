import { setTimeout as sleep } from 'node:timers/promises';
import { countRows, migrationsOf } from './contents.mjs';
import { openDatabases, withClient } from './databases.mjs';
import { readManifest } from './manifest.mjs';
import { REFERENCES } from './references.mjs';

const PAGE = 5_000;
const SHOWN = 5;
/** A deletion that is going on is finished within this time. */
const SECOND_LOOK_MS = 2_000;

/** @param {string | undefined} folder a backup, to compare with */
export async function verifyDatabases(folder, repairs) {
  const manifest = folder === undefined ? undefined : readManifest(folder);
  const databases = await openDatabases({ creates: false });
  try {
    return await verify(databases.urls, { manifest, repairs });
  } finally {
    await databases.close();
  }
}

/**
 * Prints what is wrong in the databases.
 * @param {Record<string, string>} urls by service
 * @param {{manifest: import('./manifest.mjs').Manifest | undefined, repairs: boolean}} options
 * @returns {Promise<boolean>} whether nothing is wrong
 */
export async function verify(urls, { manifest, repairs }) {
  let right = true;
  for (const [name, dump] of Object.entries(manifest?.databases ?? {})) {
    const differences = await withClient(urls[name], (client) => differencesFrom(client, dump));
    for (const difference of differences) console.log(`${name}: ${difference}`);
    right &&= differences.length === 0;
  }
  if (right && manifest !== undefined) console.log('every table has as many rows as at the moment of the backup');
  for (const reference of REFERENCES) {
    const found = await lookTwice(urls, reference);
    if (found.length > 0) await report(urls, reference, found, repairs);
    right &&= found.length === 0;
  }
  if (right) console.log(`nothing refers to a record that is not there (${REFERENCES.length} kinds of references)`);
  return right;
}

async function differencesFrom(client, { tables, migrations }) {
  const [counts, applied] = [await countRows(client), await migrationsOf(client)];
  const names = [...new Set([...Object.keys(tables), ...Object.keys(counts)])];
  const differing = names.filter((name) => tables[name] !== counts[name]);
  const differences = differing.map(
    (name) => `${name} has ${counts[name] ?? 'no'} rows, the backup ${tables[name] ?? 'no'}`,
  );
  if (applied.join() !== migrations.join()) differences.push('its migrations are not those of the backup');
  return differences;
}

/** What is found in a running platform may only be on its way; what is still there later is wrong. */
async function lookTwice(urls, reference) {
  const first = await dangling(urls, reference);
  if (first.length === 0) return first;
  await sleep(SECOND_LOOK_MS);
  const second = new Set((await dangling(urls, reference)).map(textOf));
  return first.filter((key) => second.has(textOf(key)));
}

/**
 * @param {import('./references.mjs').Reference} reference
 * @returns {Promise<{bank_id: string, id: string}[]>}
 */
async function dangling(urls, reference) {
  const { from, records, to, wrong } = reference;
  return withClient(urls[from], (source) =>
    withClient(urls[to], async (target) => {
      const found = [];
      for await (const page of pages(source, records)) {
        const { rows } = await target.query(wrong, [page.map(({ bank_id }) => bank_id), page.map(({ id }) => id)]);
        found.push(...rows);
      }
      return found;
    }),
  );
}

/** A cursor: there may be more rows than fit into memory. @returns {AsyncGenerator<any[]>} */
async function* pages(client, query) {
  await client.query('begin read only');
  await client.query(`declare records no scroll cursor for ${query}`);
  for (;;) {
    const { rows } = await client.query(`fetch ${PAGE} from records`);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) break;
  }
  await client.query('commit');
}

/** @param {import('./references.mjs').Reference} reference */
async function report(urls, reference, found, repairs) {
  const { what, to, advice, repairable } = reference;
  const shown = found.slice(0, SHOWN).map(textOf).join(', ');
  console.log(`${what}: ${found.length} wrong, such as ${shown}`);
  if (!repairs || !repairable) return console.log(`  ${advice}`);
  await withClient(urls[to], (client) =>
    client.query(
      `insert into outbox (bank_id, subject, kind, available_at)
       select bank_id, id, 'customer-deletion', now() from unnest($1::text[], $2::text[]) as given (bank_id, id)
       on conflict do nothing`,
      [found.map(({ bank_id }) => bank_id), found.map(({ id }) => id)],
    ),
  );
  console.log('  the customers service deletes these records while it runs: verify again later');
}

const textOf = ({ bank_id, id }) => `${bank_id}/${id}`;

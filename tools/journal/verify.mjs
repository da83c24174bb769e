import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyWrap, verifyChains } from '@platform/journal';
import { openDatabases, withClient } from '../backup/databases.mjs';

/** The services with a journal. */
const SERVICES = ['customers', 'attributes', 'links', 'agents'];
const SHOWN = 20;
const PROGRESS_MS = 5_000;

/**
 * Prints what is wrong in the journals.
 * @param {string | undefined} earlier a file with a checkpoint
 * @param {string | undefined} written where the checkpoint of now goes: a file, or - for standard output
 * @returns {Promise<boolean>} whether nothing is wrong
 */
export async function verifyJournals(earlier, written) {
  const wrap = earlier === undefined && written === undefined ? undefined : createKeyWrap(journalKey());
  const known = earlier === undefined ? {} : readCheckpoint(readFileSync(earlier, 'utf8'), wrap);
  const databases = await openDatabases({ creates: false });
  try {
    const heads = {};
    let right = true;
    for (const service of SERVICES) {
      const found = await verify(service, databases.urls[service], known[service] ?? []);
      heads[service] = found.heads;
      right &&= found.faults.length === 0;
    }
    // A checkpoint of a broken journal would hide the fault from the next run.
    if (right && written !== undefined) writeCheckpoint(written, heads, wrap);
    return right;
  } finally {
    await databases.close();
  }
}

async function verify(service, url, known) {
  const began = performance.now();
  let told = began;
  const progress = (entries) => {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    console.error(`  … ${service}: ${entries} entries`);
  };
  const found = await withClient(url, async (client) => {
    await client.query("set time zone 'UTC'");
    return verifyChains(async (text, values = []) => (await client.query(text, [...values])).rows, known, progress);
  });
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.error(`${service}: ${found.entries} entries of ${found.heads.length} banks in ${seconds} s`);
  for (const { bank_id, number, fault } of found.faults.slice(0, SHOWN))
    console.log(`${service}: entry ${number} of bank ${bank_id}: ${fault}`);
  if (found.faults.length > SHOWN) console.log(`${service}: … and ${found.faults.length - SHOWN} more`);
  return found;
}

function writeCheckpoint(file, heads, wrap) {
  const text = JSON.stringify({ taken_at: new Date().toISOString(), heads });
  const checkpoint = `${JSON.stringify({ text, signature: wrap.sign(text) })}\n`;
  if (file === '-') process.stdout.write(checkpoint);
  else writeFileSync(file, checkpoint, { mode: 0o600 });
}

/** @returns {Record<string, import('@platform/journal').ChainHead[]>} by service */
function readCheckpoint(checkpoint, wrap) {
  const { text, signature } = JSON.parse(checkpoint);
  if (!wrap.isSigned(text, signature))
    throw new Error('the checkpoint was changed, or signed with another JOURNAL_KEY');
  return JSON.parse(text).heads;
}

/** @returns {string} */
function journalKey() {
  const { JOURNAL_KEY, JOURNAL_KEY_FILE, DATA_DIR = './.data' } = process.env;
  if (JOURNAL_KEY) return JOURNAL_KEY;
  if (JOURNAL_KEY_FILE) return readFileSync(JOURNAL_KEY_FILE, 'utf8').replace(/\r?\n$/, '');
  try {
    const { journal_key } = JSON.parse(readFileSync(join(DATA_DIR, 'credentials.json'), 'utf8'));
    if (journal_key) return journal_key;
  } catch {
    // The error below says what to do.
  }
  throw new Error('JOURNAL_KEY must be set for checkpoints');
}

import { createHash, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { runEnvironment } from './run-environment.js';

/** A database for one test file. */
export interface TestDatabase {
  url: string;
  /** Drops the database, even if clients are still connected. */
  close(): Promise<void>;
}

/**
 * A new database, copied from a template that `migrate` fills once per run and `name`.
 * @param migrate closes its own connections before it resolves.
 */
export async function createTestDatabase(
  name: string,
  migrate?: (url: string) => Promise<void>,
): Promise<TestDatabase> {
  const { adminUrl, prefix } = runEnvironment();
  const template = `${prefix}template_${hash(name)}`;
  const database = `${prefix}${process.env.JEST_WORKER_ID ?? '0'}_${randomBytes(6).toString('hex')}`;
  await withAdmin(adminUrl, async (admin) => {
    if (migrate) await ensureTemplate(admin, adminUrl, template, migrate);
    const source = migrate ? template : 'template1';
    await admin.query(`create database ${quote(database)} template ${quote(source)}`);
  });
  return {
    url: databaseUrl(adminUrl, database),
    close: () => withAdmin(adminUrl, (admin) => drop(admin, database)),
  };
}

// Two workers may need one template at the same time: the lock is held until it is complete.
async function ensureTemplate(
  admin: Client,
  adminUrl: string,
  template: string,
  migrate: (url: string) => Promise<void>,
): Promise<void> {
  await admin.query('select pg_advisory_lock(hashtextextended($1, 0))', [template]);
  try {
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [template]);
    if (rowCount) return;
    const unfinished = `${template}_new`;
    await drop(admin, unfinished);
    await admin.query(`create database ${quote(unfinished)}`);
    await migrate(databaseUrl(adminUrl, unfinished));
    await admin.query(`alter database ${quote(unfinished)} rename to ${quote(template)}`);
  } finally {
    await admin.query('select pg_advisory_unlock(hashtextextended($1, 0))', [template]);
  }
}

async function withAdmin<T>(url: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

async function drop(admin: Client, database: string): Promise<void> {
  await admin.query(`drop database if exists ${quote(database)} with (force)`);
}

function databaseUrl(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

// Only names made here are quoted: letters, digits and underscores.
const quote = (name: string): string => `"${name}"`;

const hash = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 16);

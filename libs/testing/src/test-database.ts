import { createHash, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { joinCluster } from './citus.js';
import { databaseUrl } from './database-url.js';
import { runEnvironment } from './run-environment.js';
import { eventually } from './wait.js';

/** A database for one test file. */
export interface TestDatabase {
  url: string;
  /** Drops the database, even if clients are still connected. */
  close(): Promise<void>;
}

/** Fills an empty database. It closes its own connections before it resolves. */
type Migrate = (url: string) => Promise<void>;

/**
 * A new database, copied from a template that `migrate` fills once per run and `name`. On a Citus cluster it is copied
 * on every node.
 */
export async function createTestDatabase(name: string, migrate?: Migrate): Promise<TestDatabase> {
  const { adminUrl, workerUrls, prefix } = runEnvironment();
  const database = `${prefix}${process.env.JEST_WORKER_ID ?? '0'}_${randomBytes(6).toString('hex')}`;
  const source = await sourceOf(name, migrate);
  const onEachNode = async (work: (admin: Client) => Promise<unknown>) => {
    for (const url of [adminUrl, ...workerUrls]) await withAdmin(url, work);
  };
  await onEachNode((admin) => admin.query(`create database ${quote(database)} template ${quote(source)}`));
  return {
    url: databaseUrl(adminUrl, database),
    close: () => onEachNode((admin) => drop(admin, database)),
  };
}

/** The name of the database to copy. Even an empty database of a cluster knows the cluster's nodes. */
async function sourceOf(name: string, migrate: Migrate | undefined): Promise<string> {
  const { adminUrl, workerUrls, prefix } = runEnvironment();
  if (migrate === undefined && workerUrls.length === 0) return 'template1';
  const template = `${prefix}template_${hash(migrate === undefined ? '' : name)}`;
  await withAdmin(adminUrl, (admin) => ensureTemplate(admin, template, migrate));
  return template;
}

// Two workers may need one template at the same time: the lock is held until it is complete. Two databases cannot join
// a cluster at the same time, because that changes the nodes' roles.
async function ensureTemplate(
  admin: Client,
  template: string,
  migrate: Migrate = async () => undefined,
): Promise<void> {
  const locked = runEnvironment().workerUrls.length > 0 ? 'joins a cluster' : template;
  await admin.query('select pg_advisory_lock(hashtextextended($1, 0))', [locked]);
  try {
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [template]);
    if (rowCount) return;
    await fillTemplate(admin, template, migrate);
  } finally {
    await admin.query('select pg_advisory_unlock(hashtextextended($1, 0))', [locked]);
  }
}

async function fillTemplate(coordinator: Client, template: string, migrate: Migrate): Promise<void> {
  const { adminUrl, workerUrls } = runEnvironment();
  const unfinished = `${template}_new`;
  const urlOf = (url: string) => databaseUrl(url, unfinished);
  const workers = (work: (admin: Client) => Promise<void>) =>
    Promise.all(workerUrls.map((url) => withAdmin(url, work)));
  const create = async (admin: Client) => {
    await drop(admin, unfinished);
    await admin.query(`create database ${quote(unfinished)}`);
  };
  const finish = async (admin: Client) => {
    await leave(admin, unfinished);
    await admin.query(`alter database ${quote(unfinished)} rename to ${quote(template)}`);
  };
  await workers(create);
  await create(coordinator);
  if (workerUrls.length > 0) await joinCluster(urlOf(adminUrl), workerUrls.map(urlOf));
  await migrate(urlOf(adminUrl));
  await workers(finish);
  await finish(coordinator);
}

// The processes of Citus stay connected to a database that uses it, and end one another.
async function leave(admin: Client, database: string): Promise<void> {
  if (runEnvironment().workerUrls.length === 0) return;
  await admin.query(`alter database ${quote(database)} allow_connections false`);
  await eventually(10_000, 'the end of all connections to a template', async () => {
    const { rowCount } = await admin.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
      [database],
    );
    return rowCount === 0;
  });
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

// Only names made here are quoted: letters, digits and underscores.
const quote = (name: string): string => `"${name}"`;

const hash = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 16);

import { resolve } from 'node:path';
import { openServer, serviceNames } from '@platform/allinone';
import { connectionOf, serviceDatabase } from '@platform/persistence';
import { hasCluster, runningPostgres } from '@platform/postgres';
import { kinds, readSettings, withFiles } from '@platform/runtime';
import pg from 'pg';

const SETTINGS = {
  DATABASE_URL: { schema: kinds.postgres(), about: 'PostgreSQL server; each service has a database of its own name' },
  DATA_DIR: { schema: kinds.text('./.data'), about: 'folder of the embedded PostgreSQL, if no other one is named' },
  ...Object.fromEntries(
    serviceNames.map((name) => [
      `${name.toUpperCase()}_DATABASE_URL`,
      { schema: kinds.postgres(), about: `database of ${name}, instead of DATABASE_URL` },
    ]),
  ),
};

/**
 * The URL of each service's database, as the services find it. Starts the embedded PostgreSQL if it is meant and not
 * running.
 * @param {{creates: boolean}} options whether an embedded PostgreSQL may be created where there is none
 * @returns {Promise<{urls: Record<string, string>, close(): Promise<void>}>}
 * @throws Error naming the folder that has none
 */
export async function openDatabases({ creates }) {
  const { env, faults } = withFiles(SETTINGS, process.env);
  const values = /** @type {any} */ (readSettings(SETTINGS, env, faults));
  if (!creates && isEmbedded(values) && !hasCluster(values.DATA_DIR))
    throw new Error(
      `${resolve(values.DATA_DIR)} has no data of PostgreSQL: DATA_DIR (./.data) must name the folder that npm start uses, or ` +
        'DATABASE_URL the server of the services',
    );
  const running = runningPostgres(values.DATA_DIR);
  const server =
    running === undefined || values.DATABASE_URL !== undefined
      ? await openServer(values)
      : { url: running('postgres'), close: async () => undefined };
  const urlOf = (name) => serviceDatabase(values[`${name.toUpperCase()}_DATABASE_URL`], server.url, name);
  return { urls: Object.fromEntries(serviceNames.map((name) => [name, urlOf(name)])), close: () => server.close() };
}

const isEmbedded = (values) =>
  values.DATABASE_URL === undefined &&
  serviceNames.some((name) => values[`${name.toUpperCase()}_DATABASE_URL`] === undefined);

/** Its sessions can be told from those of the services. */
export const careConnection = (url) => ({ ...connectionOf(url), application_name: 'data-care' });

/**
 * Runs work on a connection without time limits.
 * @template T
 * @param {string} url
 * @param {(client: pg.Client) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withClient(url, work) {
  const client = await connect(url);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Opens a connection without time limits; an error breaks its next statement, not this process. */
export async function connect(url) {
  const client = new pg.Client(careConnection(url));
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0`);
  return client;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from './databases.mjs';

/**
 * The order of the snapshots: a record before what it refers to. What appears between two snapshots can then only be
 * something that nothing in the backup refers to. The log of events is behind the journals that it is copied from.
 */
const ORDER = ['events', 'attributes', 'links', 'agents', 'customers', 'directory'];

/** The services whose records disappear or appear in other services too, by tasks of their outbox. */
const WITH_OUTBOX = ['customers', 'agents', 'directory'];

/** Less than the time for which a statement of the services waits for a lock. */
const LOCK_MS = 500;
const ATTEMPTS = 60;

/**
 * Takes a snapshot of every database at one moment. While this takes some milliseconds, the outboxes are locked for
 * writing: no deletion of a customer, no new agent and no import begins or is noted as done. So each of them is either
 * not in the backup, or complete in it, or in it with its task, which completes it after the restore. Nothing else has
 * to wait.
 * @param {Record<string, string>} urls by service
 * @returns {Promise<{taken_at: string, window_ms: number, snapshots: Record<string, {client: import('pg').Client, id: string}>,
 *   close(): Promise<void>}>} the snapshots stay valid until `close`
 */
export async function takeMoment(urls) {
  /** @type {Record<string, import('pg').Client>} */
  const clients = {};
  const locks = [];
  try {
    for (const name of ORDER) clients[name] = await connect(urls[name]);
    for (const name of WITH_OUTBOX) locks.push(await connect(urls[name]));
    await lockAll(locks);
    const [taken_at, since] = [new Date().toISOString(), performance.now()];
    /** @type {Record<string, {client: import('pg').Client, id: string}>} */
    const snapshots = {};
    for (const name of ORDER) snapshots[name] = { client: clients[name], id: await exportSnapshot(clients[name]) };
    const window_ms = Math.ceil(performance.now() - since);
    return { taken_at, window_ms, snapshots, close: () => endAll(Object.values(clients)) };
  } catch (error) {
    await endAll(Object.values(clients));
    throw error;
  } finally {
    await endAll(locks);
  }
}

/** All or none, so that no service waits for long: a statement that waits for a lock makes all later ones wait too. */
async function lockAll(clients) {
  for (let attempt = 1; ; attempt += 1) {
    const outcomes = await Promise.allSettled(clients.map(lock));
    const [failed] = outcomes.filter(({ status }) => status === 'rejected');
    if (failed === undefined) return;
    await Promise.all(clients.map((client) => client.query('rollback')));
    const { reason } = /** @type {PromiseRejectedResult} */ (failed);
    if (reason.code === '42P01') throw new Error('a database has no outbox: its service has never been started on it');
    if (reason.code !== '55P03' || attempt === ATTEMPTS) throw reason;
    await sleep(LOCK_MS);
  }
}

async function lock(client) {
  await client.query(`begin; set local lock_timeout = ${LOCK_MS}; lock table outbox in share mode`);
}

async function exportSnapshot(client) {
  await client.query('begin isolation level repeatable read read only');
  const { rows } = await client.query('select pg_export_snapshot() as id');
  return rows[0].id;
}

async function endAll(clients) {
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
}

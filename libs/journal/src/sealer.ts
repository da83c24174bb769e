import { createHash } from 'node:crypto';
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import { command, isPassing } from '@platform/persistence';
import type { Logger } from '@platform/runtime';
import { digest } from './journal.sql.js';

/** Extends the chains of a service's journal by the entries that were committed. */
export interface Sealer {
  /** Seals all entries that were committed before the call. */
  seal(): Promise<void>;
  /** Stops sealing by itself, after a running statement. */
  close(): Promise<void>;
}

/** The most entries of one transaction. */
const batch = 1_000;
/** How long an entry waits for its seal when nobody reads the journal. Milliseconds. */
const pause_ms = 500;

/** The beginning of each bank's chain. */
export const chainBegins = Buffer.alloc(32);

/** The hash of an entry in its chain: of the hash before it and its own digest. */
export function chained(before: Buffer, own: Buffer): Buffer {
  return createHash('sha256').update(before).update(own).digest();
}

interface PendingRow {
  readonly bank_id: string;
  /** bigint as text. */
  readonly number: string;
  readonly digest: Buffer;
}

interface Seal {
  readonly bank_id: string;
  readonly place: number;
  readonly number: string;
  readonly position: number;
  readonly hash: Buffer;
}

/**
 * A chain cannot be extended in the transactions of the changes: all changes of a bank would wait for each other. So the
 * entries of committed transactions are chained afterwards, by one process at a time.
 */
export function createSealer({ orm, log }: { readonly orm: MikroORM; readonly log: Logger }): Sealer {
  /** @param waits whether to wait while another process seals; otherwise nothing is sealed then */
  const round = (waits: boolean): Promise<number> => command(orm, {}, (em) => sealPending(em, waits));
  const sealAll = async (waits: boolean): Promise<void> => {
    while ((await round(waits)) === batch);
  };
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let closed = false;
  const later = (): void => {
    if (closed) return;
    timer = setTimeout(() => {
      running = work();
    }, pause_ms).unref();
  };
  const work = async (): Promise<void> => {
    try {
      await sealAll(false);
    } catch (error) {
      // An unavailable database is logged elsewhere, and the next attempt is soon.
      if (!isPassing(error)) log.warn({ err: error }, 'the journal cannot be sealed');
    }
    later();
  };
  later();
  return {
    seal: () => sealAll(true),
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/** @returns the number of sealed entries */
async function sealPending(em: EntityManager, waits: boolean): Promise<number> {
  // Most rounds find nothing, and need no lock: an entry that another process seals is pending until it has its seal.
  if ((await em.execute('select from journal.pending limit 1')).length === 0) return 0;
  const [head] = await em.execute<{ position: string }[]>(
    `select position from journal.head for update${waits ? '' : ' skip locked'}`,
  );
  if (head === undefined) return 0;
  const pending = await em.execute<PendingRow[]>(
    `select entry.bank_id, entry.number, ${digest} as digest
    from (select bank_id, number from journal.pending order by number limit ?) as due
    join journal.entry as entry on entry.bank_id = due.bank_id and entry.number = due.number
    order by entry.number`,
    [batch],
  );
  if (pending.length > 0) await store(em, await sealsOf(em, pending, Number(head.position)));
  return pending.length;
}

async function sealsOf(em: EntityManager, pending: readonly PendingRow[], position: number): Promise<Seal[]> {
  const banks = [...new Set(pending.map(({ bank_id }) => bank_id))];
  const last = await em.execute<{ bank_id: string; place: string; hash: Buffer }[]>(
    `select bank.bank_id, seal.place, seal.hash
    from jsonb_array_elements_text(?::jsonb) as bank (bank_id)
    cross join lateral (select place, hash from journal.seal where bank_id = bank.bank_id order by place desc limit 1) as seal`,
    [JSON.stringify(banks)],
  );
  const ends = new Map(last.map(({ bank_id, place, hash }) => [bank_id, { place: Number(place), hash }]));
  return pending.map(({ bank_id, number, digest: own }, index) => {
    const end = ends.get(bank_id) ?? { place: 0, hash: chainBegins };
    const next = { place: end.place + 1, hash: chained(end.hash, own) };
    ends.set(bank_id, next);
    return { bank_id, number, position: position + index + 1, ...next };
  });
}

async function store(em: EntityManager, seals: readonly Seal[]): Promise<void> {
  const rows = seals.map((seal) => ({ ...seal, hash: seal.hash.toString('base64') }));
  await em.execute(
    `with given as materialized (
      select * from jsonb_to_recordset(?::jsonb) as given (bank_id text, place bigint, number bigint, position bigint, hash text)
    ),
    seal as (
      insert into journal.seal (bank_id, place, number, position, hash)
      select bank_id, place, number, position, decode(hash, 'base64') from given order by position
    ),
    gone as (
      delete from journal.pending as pending using given where pending.bank_id = given.bank_id and pending.number = given.number
    )
    update journal.head set position = ?`,
    [JSON.stringify(rows), (rows.at(-1) as Seal & { hash: string }).position],
  );
}

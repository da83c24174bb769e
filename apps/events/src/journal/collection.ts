import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { JournalEntry } from '@platform/messages';
import { command, type Reader } from '@platform/persistence';
import type { EventRow } from '../event/event.shape.js';
import { eraseValues, insertEvents, type Subject } from '../event/event.sql.js';
import { advance, allProgress, type Progress, reserve } from '../progress/progress.sql.js';
import type { Journal } from './journals.js';

/** Entries in one call and one transaction. */
const pageSize = 500;
/** The most entries of one journal that wait for the customers' journal. */
const heldEntries = 5_000;

export interface CollectionOptions {
  readonly orm: MikroORM;
  readonly reader: Reader;
  readonly customers: Journal;
  /** The journals whose entries may be about customers. */
  readonly others: readonly Journal[];
  /** Told of a journal that cannot be read; the others go on. */
  readonly complain: (journal: string, error: unknown) => void;
}

interface Held {
  readonly journal: Journal;
  readonly after: number;
  readonly entries: readonly JournalEntry[];
}

/**
 * Copies the journals into the log. No clock says which of two services' entries is the earlier one, but a record was
 * written after its customer was found, and a customer is deleted before its records. So the other journals are read
 * first, then the customers' to its end; and the customers' entries are logged first.
 * @returns the number of events logged; another process that does the same makes it stop early
 */
export async function collect(options: CollectionOptions): Promise<number> {
  const { orm, reader, customers, others } = options;
  const rows = await reader.rows<Progress>(allProgress);
  const positions = new Map(rows.map(({ name, position }) => [name, position]));
  const positionOf = ({ name }: Journal): number => positions.get(name) ?? 0;
  const held = await Promise.all(others.map((journal) => hold(journal, positionOf(journal), options.complain)));
  const deleted = new Set<string>();
  let logged = 0;
  for (let after = positionOf(customers), isEnd = false; !isEnd;) {
    const entries = await customers.read(after, pageSize);
    isEnd = entries.length < pageSize;
    if (!(await append(orm, customers, after, entries, deleted))) return logged;
    after = entries.at(-1)?.position ?? after;
    logged += entries.length;
  }
  for (const { journal, after, entries } of held) logged += await appendAll(orm, journal, after, entries, deleted);
  return logged;
}

/** A journal that cannot be read is left to the next round, so that it does not hold up the others. */
async function hold(journal: Journal, after: number, complain: CollectionOptions['complain']): Promise<Held> {
  const entries: JournalEntry[] = [];
  try {
    for (let isEnd = false; !isEnd && entries.length < heldEntries;) {
      const page = await journal.read(entries.at(-1)?.position ?? after, pageSize);
      isEnd = page.length < pageSize;
      entries.push(...page);
    }
  } catch (error) {
    complain(journal.name, error);
  }
  return { journal, after, entries };
}

async function appendAll(
  orm: MikroORM,
  journal: Journal,
  from: number,
  entries: readonly JournalEntry[],
  deleted: Set<string>,
): Promise<number> {
  let after = from;
  for (let start = 0; start < entries.length; start += pageSize) {
    const page = entries.slice(start, start + pageSize);
    if (!(await append(orm, journal, after, page, deleted))) return start;
    after = page.at(-1)?.position ?? after;
  }
  return entries.length;
}

/** @returns false when another process has logged entries of this journal meanwhile: nothing is logged */
async function append(
  orm: MikroORM,
  journal: Journal,
  after: number,
  entries: readonly JournalEntry[],
  deleted: Set<string>,
): Promise<boolean> {
  const last = entries.at(-1);
  if (last === undefined) return true;
  const gone = entries.filter(isDeletionOfCustomer).map(({ bank_id, subject }) => ({ bank_id, subject }));
  gone.forEach((one) => deleted.add(keyOf(one)));
  return command(orm, {}, async (em) => {
    if (!(await advance(em, journal.name, after, last.position))) return false;
    await logEntries(em, entries, deleted);
    await eraseValues(em, gone);
    return true;
  });
}

async function logEntries(em: EntityManager, entries: readonly JournalEntry[], deleted: Set<string>): Promise<void> {
  const first = (await reserve(em, entries.length)) - entries.length + 1;
  const rows = entries.map((entry, index) => rowOf(entry, first + index));
  await insertEvents(
    em,
    // Other journals were read before their customer was deleted.
    rows.map((row) => (deleted.has(keyOf(row)) ? { ...row, values: null } : row)),
  );
}

function rowOf({ service: _, number: __, ...entry }: JournalEntry, position: number): EventRow {
  return {
    ...entry,
    position,
    subject: entry.subject === '' ? entry.record_id : entry.subject,
    values: entry.values === '' ? null : entry.values,
  };
}

function isDeletionOfCustomer({ kind, action }: JournalEntry): boolean {
  return kind === 'customer' && action === 'deleted';
}

function keyOf({ bank_id, subject }: Subject): string {
  return `${bank_id}/${subject}`;
}

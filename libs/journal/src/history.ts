import type { KeyObject } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { JournalEntry } from '@platform/messages';
import type { Reader } from '@platform/persistence';
import { valuesOf } from './content.js';
import { type EntryRow, entriesAfter, entriesOfSubject } from './journal.sql.js';
import { type Past, readPast } from './past.js';
import type { Sealer } from './sealer.js';
import type { SubjectKeys } from './subject-keys.js';

/** Reads a service's journal. */
export interface History {
  /** Entries after a position, in the order of the positions, with all that were committed before. */
  after(position: number, limit: number, values: boolean): Promise<JournalEntry[]>;
  /** Entries of a subject before a number (0: from the newest), newest first, with their values. */
  ofSubject(bank_id: string, subject: string, before: number, limit: number): Promise<JournalEntry[]>;
  /** The records of a subject as they were at a time. */
  past(bank_id: string, subject: string, at: string): Promise<Past>;
}

export interface HistoryOptions {
  readonly service: string;
  readonly orm: MikroORM;
  readonly reader: Reader;
  readonly keys: SubjectKeys;
  readonly sealer: Sealer;
}

export function createHistory({ service, orm, reader, keys, sealer }: HistoryOptions): History {
  const entryOf = (row: EntryRow, key: KeyObject | undefined): JournalEntry => {
    const { content, fields, number, ...columns } = row;
    const values = key === undefined || content === null ? '' : valuesOf(key, content, row);
    return { ...columns, number, entry_id: `${service}-${number}`, fields: [...fields], values };
  };
  return {
    async after(position, limit, values) {
      await sealer.seal();
      const rows = await reader.page<EntryRow>({ ...entriesAfter, values: [position, limit] });
      const known = values ? await keysOf(keys, rows) : new Map<string, KeyObject>();
      return rows.map((row) => entryOf(row, known.get(`${row.bank_id}/${row.subject}`)));
    },
    async ofSubject(bank_id, subject, before, limit) {
      const newest = before === 0 ? Number.MAX_SAFE_INTEGER : before;
      const [rows, known] = await Promise.all([
        reader.page<EntryRow>({ ...entriesOfSubject, values: [bank_id, subject, newest, limit] }),
        keys.find(bank_id, [subject]),
      ]);
      return rows.map((row) => entryOf(row, known.get(subject)));
    },
    past: (bank_id, subject, at) => readPast({ orm, keys }, { bank_id, subject, at }),
  };
}

/** The keys of the rows' subjects, by bank and subject. */
async function keysOf(keys: SubjectKeys, rows: readonly EntryRow[]): Promise<Map<string, KeyObject>> {
  const known = new Map<string, KeyObject>();
  for (const bank_id of new Set(rows.map((row) => row.bank_id))) {
    const subjects = new Set(rows.filter((row) => row.bank_id === bank_id).map(({ subject }) => subject));
    for (const [subject, key] of await keys.find(bank_id, [...subjects])) known.set(`${bank_id}/${subject}`, key);
  }
  return known;
}

import type { EntityManager, EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import {
  command,
  type ConstraintFailures,
  type InsertionOptions,
  type Outcome,
  type Parent,
  type Reader,
  type Writer,
} from '@platform/persistence';
import type { Logger } from '@platform/runtime';
import { type Author, authorColumnsOf } from './author.js';
import { type Change, watchChanges } from './changes.js';
import { contentOf } from './content.js';
import { createHistory, type History } from './history.js';
import { addGivenEntries } from './journal.sql.js';
import { type JournaledInsertion, journaledInsertionOf, withEntry } from './journaled-insertion.js';
import { createSealer } from './sealer.js';
import { createSubjectKeys, type SubjectKeys } from './subject-keys.js';
import { createKeyWrap } from './value-cipher.js';

/** Changes records, and writes an entry for each change in the same transaction. */
export interface Journal {
  /** The insertion of an entity's records. */
  insertion<Entity extends object, Row extends object = Omit<Entity, 'version'>>(
    schema: EntitySchema<Entity>,
    options?: InsertionOptions<Row>,
  ): JournaledInsertion<Row>;
  /**
   * Inserts a record; records that wait at the same time share a statement.
   * @returns the outcome after the commit; `orphan` also when its customer has no key because it does not exist
   */
  insert<Row extends object>(
    insertion: JournaledInsertion<Row>,
    row: Row,
    author: Author & { readonly signal?: () => AbortSignal },
  ): Promise<Outcome>;
  /** Runs a command in one transaction, like `command` of libs/persistence. What it changes must have been loaded. */
  command<T>(author: Author, constraints: ConstraintFailures, work: (em: EntityManager) => Promise<T>): Promise<T>;
  /** Adds a change that a statement of the command makes, instead of the ORM. */
  note(em: EntityManager, change: Change): void;
  readonly history: History;
  /** The same journal for the changes of one call, whose statements are part of its trace. */
  in(database: Pick<JournalOptions, 'orm' | 'writer'>): Journal;
  /** Ends when no seal is being written. */
  close(): Promise<void>;
}

export interface JournalOptions {
  /** The service's name. */
  readonly service: string;
  readonly orm: MikroORM;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly log: Logger;
  /** JOURNAL_KEY */
  readonly secret: string;
  /** The subjects of the service's records; absent where every record is its own subject. */
  readonly parent: Parent | undefined;
}

export function createJournal({ service, orm, reader, writer, log, secret, parent }: JournalOptions): Journal {
  const keys = createSubjectKeys({ reader, writer, wrap: createKeyWrap(secret), parent });
  const watch = watchChanges(orm);
  const sealer = createSealer({ orm, log });
  const history = createHistory({ service, orm, reader, keys, sealer });
  const over = (own: Pick<JournalOptions, 'orm' | 'writer'>): Journal => ({
    insertion: (schema, options) => journaledInsertionOf(orm, schema, options),
    async insert(insertion, row, author) {
      const journaled = await withEntry(insertion, row, author, keys);
      if (journaled === undefined) return 'orphan';
      return own.writer.insert(insertion.insertion, journaled, author.signal);
    },
    command: (author, constraints, work) =>
      command(own.orm, constraints, async (em) => {
        const result = await work(em);
        await em.flush();
        await addChanges(em, keys, author, watch.changesOf(em));
        return result;
      }),
    note: watch.note,
    history,
    in: over,
    close: sealer.close,
  });
  return over({ orm, writer });
}

async function addChanges(
  em: EntityManager,
  keys: SubjectKeys,
  author: Author,
  changes: readonly Change[],
): Promise<void> {
  if (changes.length === 0) return;
  const entries = [];
  for (const change of changes) {
    const { kind, bank_id, record_id, subject, version, action, fields } = change;
    const content = contentOf(await keys.inTransaction(em, bank_id, subject), change).toString('base64');
    const entry = { bank_id, kind, record_id, version, subject, action, ...authorColumnsOf(author), fields, content };
    entries.push(entry);
  }
  await em.execute(addGivenEntries, [JSON.stringify(entries)]);
}

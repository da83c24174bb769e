import type { EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import { type Beside, type Insertion, insertionOf, type InsertionOptions } from '@platform/persistence';
import { type Author, authorColumnsOf } from './author.js';
import { type RecordTable, recordTableOf } from './changes.js';
import { contentOf } from './content.js';
import { addEntries, authorColumns } from './journal.sql.js';
import type { SubjectKeys } from './subject-keys.js';

/** The insertion of records with an entry of the journal for each. */
export interface JournaledInsertion<Row> {
  readonly insertion: Insertion<Row>;
  readonly table: RecordTable;
}

/** A row has these columns beside those of its table; all names begin so that they are no column of any. */
const prefix = 'journal_';
const columns: Beside['columns'] = {
  ...Object.fromEntries(authorColumns.map((name) => [`${prefix}${name}`, 'text'])),
  [`${prefix}content`]: 'bytea',
  [`${prefix}wrapped`]: 'bytea',
};

/** The insertion of whole entities, each with its entry, and with a key where the record is its own subject. */
export function journaledInsertionOf<Entity extends object, Row extends object = Omit<Entity, 'version'>>(
  orm: MikroORM,
  schema: EntitySchema<Entity>,
  options: InsertionOptions<Row> = {},
): JournaledInsertion<Row> {
  const table = recordTableOf(orm.getMetadata().get<Entity>(schema.meta.className));
  return { table, insertion: insertionOf(orm, schema, { ...options, beside: { columns, text: textOf(table) } }) };
}

function textOf({ kind, id, subject, columns: names }: RecordTable): Beside['text'] {
  return (from) => {
    const entries = addEntries(`select given.bank_id, '${kind}', given.${id}, 1, given.${subject}, 'created',
    ${authorColumns.map((name) => `given.${prefix}${name}`).join(', ')}, clock_timestamp(), '{${names.join(',')}}'::text[], given.${prefix}content
  from ${from} order by given.position`);
    if (subject !== id) return entries;
    return `${entries},
key as (insert into journal.key (bank_id, subject, wrapped) select given.bank_id, given.${id}, given.${prefix}wrapped from ${from})`;
  };
}

/**
 * A row with its entry.
 * @returns undefined when the row's subject does not exist
 */
export async function withEntry<Row extends object>(
  { table: { kind, id, subject, columns: names } }: JournaledInsertion<Row>,
  row: Row,
  author: Author & { readonly signal?: () => AbortSignal },
  keys: SubjectKeys,
): Promise<Row | undefined> {
  const values = row as Readonly<Record<string, unknown>>;
  const bank_id = String(values['bank_id']);
  const owner = String(values[subject]);
  const created = subject === id ? keys.create(bank_id, owner) : undefined;
  const key = created?.key ?? (await keys.ofNewRecord(bank_id, owner, author.signal));
  if (key === undefined) return undefined;
  const became = Object.fromEntries(names.map((name) => [name, values[name]]));
  const content = contentOf(key, { bank_id, kind, record_id: String(values[id]), version: 1, became });
  const { operation, user_id, consumer_id, service, correlation_id } = authorColumnsOf(author);
  return {
    ...row,
    journal_operation: operation,
    journal_user_id: user_id,
    journal_consumer_id: consumer_id,
    journal_service: service,
    journal_correlation_id: correlation_id,
    journal_content: content,
    journal_wrapped: created?.wrapped ?? null,
  };
}

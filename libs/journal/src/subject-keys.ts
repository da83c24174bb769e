import type { KeyObject } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type Insertion, type Parent, type Reader, statementName, type Writer } from '@platform/persistence';
import { createCache } from '@platform/runtime';
import { keysOfSubjects } from './journal.sql.js';
import type { KeyWrap, SubjectKey } from './value-cipher.js';

/** The keys of subjects: customers and agents, and records that belong to none. */
export interface SubjectKeys {
  /** The key of a record that is its own subject, which is about to be inserted with it. */
  create(bank_id: string, subject: string): SubjectKey;
  /**
   * The key to encrypt a new record of a subject with. A subject without one gets it.
   * @returns undefined when there is no such subject
   */
  ofNewRecord(bank_id: string, subject: string, signal?: () => AbortSignal): Promise<KeyObject | undefined>;
  /** The same in a transaction, where the subject is known to exist. */
  inTransaction(em: EntityManager, bank_id: string, subject: string): Promise<KeyObject>;
  /** The keys to decrypt with. An erased subject has none. */
  find(bank_id: string, subjects: readonly string[]): Promise<Map<string, KeyObject>>;
}

interface KeyRow {
  readonly bank_id: string;
  readonly subject: string;
  readonly wrapped: Buffer;
}

export interface SubjectKeysOptions {
  readonly reader: Reader;
  readonly writer: Writer;
  readonly wrap: KeyWrap;
  /** The subjects of the service's records; a key is stored only for one that exists. */
  readonly parent: Parent | undefined;
}

/** Keys are only remembered to encrypt: what an erased subject's key encrypts cannot be read. */
const remembered = 10_000;
const remembered_ms = 60_000;

export function createSubjectKeys({ reader, writer, wrap, parent }: SubjectKeysOptions): SubjectKeys {
  const known = createCache<KeyObject>({ limit: remembered, ttl_ms: remembered_ms });
  const insertion = parent === undefined ? undefined : keyInsertion(parent);
  const keyOf = (bank_id: string, subject: string) => `${bank_id}/${subject}`;
  const create = (bank_id: string, subject: string): SubjectKey => {
    const created = wrap.create();
    known.set(keyOf(bank_id, subject), created.key);
    return created;
  };
  const find = async (bank_id: string, subjects: readonly string[]): Promise<Map<string, KeyObject>> => {
    const rows = await reader.rows<KeyRow>({ ...keysOfSubjects, values: [bank_id, subjects] });
    return new Map(rows.map(({ subject, wrapped }) => [subject, wrap.unwrap(wrapped)]));
  };
  const stored = async (bank_id: string, subject: string): Promise<KeyObject | undefined> => {
    const key = (await find(bank_id, [subject])).get(subject);
    if (key !== undefined) known.set(keyOf(bank_id, subject), key);
    return key;
  };

  return {
    create,
    find,
    async ofNewRecord(bank_id, subject, signal) {
      const key = known.get(keyOf(bank_id, subject)) ?? (await stored(bank_id, subject));
      if (key !== undefined || insertion === undefined) return key;
      const { key: created, wrapped } = wrap.create();
      const insert = () => writer.insert(insertion, { bank_id, subject, wrapped }, signal);
      let outcome = await insert();
      // Another transaction may have added the subject's row meanwhile: the next statement sees it.
      if (outcome === 'orphan') outcome = await insert();
      if (outcome === 'orphan') return undefined;
      if (outcome === 'taken') return stored(bank_id, subject);
      known.set(keyOf(bank_id, subject), created);
      return created;
    },
    async inTransaction(em, bank_id, subject) {
      const at = keyOf(bank_id, subject);
      const found = known.get(at) ?? (await wrappedIn(em, bank_id, subject, wrap));
      if (found !== undefined) return found;
      await em.execute(
        "insert into journal.key (bank_id, subject, wrapped) values (?, ?, decode(?, 'base64')) on conflict do nothing",
        [bank_id, subject, wrap.create().wrapped.toString('base64')],
      );
      const key = await wrappedIn(em, bank_id, subject, wrap);
      if (key === undefined) throw new Error('a key of the journal is not there after it was stored');
      return key;
    },
  };
}

async function wrappedIn(
  em: EntityManager,
  bank_id: string,
  subject: string,
  wrap: KeyWrap,
): Promise<KeyObject | undefined> {
  const [row] = await em.execute<{ wrapped: Buffer }[]>(
    'select wrapped from journal.key where bank_id = ? and subject = ?',
    [bank_id, subject],
  );
  return row === undefined ? undefined : wrap.unwrap(row.wrapped);
}

/**
 * The insertion of the first key of a subject that exists: the outcome is that of a record of the subject. Two rows of one
 * statement may be for the same subject, so a row is stored only if its own key is.
 */
function keyInsertion(parent: Parent): Insertion<KeyRow> {
  const text = `with given as materialized (
  select * from unnest($1::text[], $2::text[], $3::bytea[]) with ordinality as given (bank_id, customer_id, wrapped, position)
),
${parent.text('bank_id = any($1::text[])')},
stored as (
  insert into journal.key (bank_id, subject, wrapped)
  select bank_id, customer_id, wrapped from given where exists (select from parent where parent.bank_id = given.bank_id and parent.customer_id = given.customer_id)
  order by bank_id, customer_id on conflict do nothing returning wrapped
)
select position::int as position, exists (select from parent where parent.bank_id = given.bank_id and parent.customer_id = given.customer_id) as has_parent
from given where not exists (select from stored where stored.wrapped = given.wrapped)`;
  return {
    text,
    bankAt: 0,
    name: statementName('insert-journal-key', text),
    valuesOf: ({ bank_id, subject, wrapped }) => [bank_id, subject, wrapped],
  };
}

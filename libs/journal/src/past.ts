import type { EntityManager, EntityMetadata, MikroORM } from '@mikro-orm/postgresql';
import { recordTableOf, type RecordTable, type RecordValues } from './changes.js';
import { valuesOf } from './content.js';
import type { EntryRow } from './journal.sql.js';
import { subjectSince } from './past.sql.js';
import type { SubjectKeys } from './subject-keys.js';

/** Which subject, and when: "2013-01-21T23:08:00.000Z". */
export interface PastKey {
  readonly bank_id: string;
  readonly subject: string;
  readonly at: string;
}

/** A record as it was. */
export interface PastRecord {
  readonly kind: string;
  readonly record_id: string;
  readonly version: number;
  readonly values: RecordValues;
}

export interface Past {
  /** Table by table, in the order of their ids. */
  readonly records: readonly PastRecord[];
  /** The subject has no key any more, so its records cannot be read. */
  readonly is_erased: boolean;
}

/** The columns of the records of one table, with their ids and versions, in the order of the ids. */
export function recordsOf<Row>(records: readonly PastRecord[], kind: string): Row[] {
  return records.filter((record) => record.kind === kind).map(({ values, version }) => ({ ...values, version }) as Row);
}

/** The values of a change. */
export interface Step {
  readonly kind: string;
  readonly record_id: string;
  /** The version that the change gave. */
  readonly version: number;
  readonly action: string;
  /** Whether it happened after the time that is asked for. */
  readonly is_later: boolean;
  readonly was: RecordValues;
}

type Records = Map<string, PastRecord>;

const keyOf = ({ kind, record_id }: Pick<PastRecord, 'kind' | 'record_id'>): string => `${kind}/${record_id}`;

/**
 * Takes later changes back.
 * @param present the records now
 * @param steps the changes, newest first. A record's changes count as later from its first later one on, whatever the
 * clocks of the others said
 */
export function takenBack(present: readonly PastRecord[], steps: readonly Step[]): PastRecord[] {
  const records: Records = new Map(present.map((record) => [keyOf(record), record]));
  const settled = new Set<string>();
  for (const step of steps) {
    const key = keyOf(step);
    if (settled.has(key)) continue;
    if (!step.is_later) settled.add(key);
    else if (step.action === 'created') records.delete(key);
    else {
      const { kind, record_id } = step;
      const version = step.version - 1;
      records.set(key, { kind, record_id, version, values: { ...records.get(key)?.values, ...step.was } });
    }
  }
  return [...records.values()].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** Reads the present records and the entries since in one snapshot, and takes the changes back. */
export async function readPast(
  { orm, keys }: { readonly orm: MikroORM; readonly keys: SubjectKeys },
  key: PastKey,
): Promise<Past> {
  const em = orm.em.fork();
  await em.begin({ isolationLevel: 'repeatable read' as never, readOnly: true });
  try {
    const present = await presentRecords(orm, em, key);
    const entries = await em.execute<(EntryRow & { is_later: boolean })[]>(subjectSince, [
      key.at,
      key.bank_id,
      key.subject,
    ]);
    const known = (await keys.find(key.bank_id, [key.subject])).get(key.subject);
    if (known === undefined && entries.length > 0) return { records: [], is_erased: true };
    const steps = entries.map((entry): Step => {
      const about = { ...entry, ...key };
      const values = known === undefined || entry.content === null ? '{}' : valuesOf(known, entry.content, about);
      return { ...entry, was: (JSON.parse(values) as { was?: RecordValues }).was ?? {} };
    });
    return { records: takenBack(present, steps), is_erased: false };
  } finally {
    await em.rollback();
  }
}

async function presentRecords(orm: MikroORM, em: EntityManager, { bank_id, subject }: PastKey): Promise<PastRecord[]> {
  const records: PastRecord[] = [];
  for (const meta of tablesOf(orm)) {
    const table = recordTableOf(meta);
    const where = { bank_id, [table.subject]: subject };
    for (const entity of await em.find(meta.className, where)) records.push(recordOf(table, entity));
  }
  return records;
}

/** All tables whose primary key is the bank and an id. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function tablesOf(orm: MikroORM): EntityMetadata<any>[] {
  return Object.values(orm.getMetadata().getAll()).filter(({ primaryKeys }) => primaryKeys.includes('bank_id'));
}

function recordOf({ kind, id, columns }: RecordTable, entity: object): PastRecord {
  const values = entity as Readonly<Record<string, unknown>>;
  return {
    kind,
    record_id: String(values[id]),
    version: Number(values['version'] ?? 1),
    values: Object.fromEntries(columns.map((name) => [name, values[name]])),
  };
}

import { isDeepStrictEqual } from 'node:util';
import {
  ChangeSetType,
  type EntityManager,
  type EntityMetadata,
  type EventArgs,
  type EventSubscriber,
  type FlushEventArgs,
  type MikroORM,
} from '@mikro-orm/postgresql';

/** A record's columns, without the bank and the version. */
export type RecordValues = Readonly<Record<string, unknown>>;

/** One change of one record. */
export interface Change {
  /** The record's table. */
  readonly kind: string;
  readonly bank_id: string;
  readonly record_id: string;
  /** The customer or agent that it belongs to, or its own id. */
  readonly subject: string;
  /** The number of the change within the record; its creation is 1. */
  readonly version: number;
  readonly action: 'created' | 'changed' | 'deleted';
  readonly fields: readonly string[];
  /** What the changed columns contained before; absent for a new record. */
  readonly was?: RecordValues;
  /** What they contain now; absent for a deleted record. */
  readonly became?: RecordValues;
}

/** Which columns identify the records of a table. The primary key is the bank and the record's id. */
export interface RecordTable {
  readonly kind: string;
  readonly id: string;
  /** The column with the subject: the customer, or else the record's own id. */
  readonly subject: string;
  /** All columns but the bank and the version. */
  readonly columns: readonly string[];
}

// Entities of different classes.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function recordTableOf({ tableName, primaryKeys, props }: EntityMetadata<any>): RecordTable {
  const names = props.map(({ name }) => String(name));
  const id = primaryKeys.map(String).find((key) => key !== 'bank_id') ?? '';
  return {
    kind: tableName,
    id,
    subject: names.includes('customer_id') ? 'customer_id' : id,
    columns: names.filter((name) => name !== 'bank_id' && name !== 'version'),
  };
}

type Entity = Readonly<Record<string, unknown>>;

/** Sees what commands change through the ORM. */
export interface ChangeWatch {
  /** Adds a change that the ORM does not see. */
  note(em: EntityManager, change: Change): void;
  /** The changes that the entity manager has flushed, and those that were noted. */
  changesOf(em: EntityManager): readonly Change[];
}

/** Watches all entity managers of the ORM. */
export function watchChanges(orm: MikroORM): ChangeWatch {
  const loaded = new WeakMap<object, Entity>();
  const changes = new WeakMap<EntityManager, Change[]>();
  const note = (em: EntityManager, change: Change): void => {
    const known = changes.get(em);
    if (known === undefined) changes.set(em, [change]);
    else known.push(change);
  };
  const subscriber: EventSubscriber = {
    // The ORM's own snapshot has columns in the form of the driver.
    onLoad: ({ entity, meta }: EventArgs<object>) => {
      loaded.set(
        entity,
        plain(
          entity as Entity,
          meta.props.map(({ name }) => String(name)),
        ),
      );
    },
    onFlush: ({ em, uow }: FlushEventArgs) => {
      for (const { type, entity, meta } of uow.getChangeSets()) {
        const change = changeOf(recordTableOf(meta), type, entity as Entity, loaded.get(entity as object));
        if (change !== undefined) note(em as EntityManager, change);
      }
      return Promise.resolve();
    },
  };
  orm.em.getEventManager().registerSubscriber(subscriber);
  return { note, changesOf: (em) => changes.get(em) ?? [] };
}

function changeOf(
  table: RecordTable,
  type: ChangeSetType,
  entity: Entity,
  before: Entity | undefined,
): Change | undefined {
  const { kind, id, subject, columns } = table;
  const known = type === ChangeSetType.CREATE ? undefined : before;
  const common = {
    kind,
    bank_id: String(entity['bank_id']),
    record_id: String(entity[id]),
    subject: String(entity[subject]),
  };
  if (type === ChangeSetType.CREATE)
    return { ...common, version: 1, action: 'created', fields: columns, became: plain(entity, columns) };
  if (known === undefined) throw new Error(`a ${kind} is changed that was not loaded`);
  const version = Number(known['version'] ?? 1) + 1;
  if (type === ChangeSetType.DELETE)
    return { ...common, version, action: 'deleted', fields: columns, was: plain(known, columns) };
  const fields = columns.filter((name) => !isDeepStrictEqual(known[name], entity[name]));
  return { ...common, version, action: 'changed', fields, was: plain(known, fields), became: plain(entity, fields) };
}

function plain(entity: Entity, names: readonly string[]): Entity {
  return Object.fromEntries(names.map((name) => [name, entity[name]]));
}

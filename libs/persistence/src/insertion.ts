import type { EntityProperty, EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import type { Statement } from './reader.js';
import { statementName } from './statement-name.js';

/** A statement that inserts any number of rows into one table. */
export interface Insertion<Row> {
  /**
   * It has one parameter for each column, a list of the rows' values. It returns the rows that were not stored, as
   * `Refused`.
   */
  readonly text: string;
  readonly name: string;
  /**
   * Inserts one row; its parameters are the row's values, and it returns the row if it was stored. Absent when rows need
   * a parent. Citus plans it in a fifth of the time.
   */
  readonly one?: Statement | undefined;
  /** The position of the bank in a row's values; -1 when rows have none. */
  readonly bankAt: number;
  /**
   * A row's values, in the order of the parameters. @throws the error of a column's type for a value that it cannot
   * convert
   */
  valuesOf(row: Row): readonly unknown[];
}

/** A row that was not stored: its position, from 1, and whether it had a parent. */
export interface Refused {
  readonly position: number;
  readonly has_parent: boolean;
}

/** Rows of another table: each inserted row needs one of them, and it must remain until the transaction ends. */
export interface Parent {
  /**
   * The text columns that a row has in common with its parent. A row may have values only for this, which are not
   * stored.
   */
  readonly on: readonly string[];
  /**
   * Common table expressions, of which the last is `parent` and has these columns: it finds and locks the parents of
   * the rows in `given`. The locks must be taken in one order; otherwise two statements could wait for each other. A
   * distributed table can be locked only where the text compares its bank with a value of the statement.
   * @param isBank the condition that `bank_id` is one of the rows' banks
   */
  readonly text: (isBank: string) => string;
}

/** Rows of other tables that are inserted with each stored row. */
export interface Beside {
  /** Columns that a row has only for this, with the types of the parameters' elements. */
  readonly columns: Readonly<Record<string, string>>;
  /**
   * Common table expressions that insert them.
   * @param from `given`, with all columns and `position`, joined with what was stored
   */
  readonly text: (from: string) => string;
}

export interface InsertionOptions<Row> {
  /**
   * The columns of the unique index that decides which of two rows is stored. A conflict with any other index is an
   * error.
   */
  readonly unique?: readonly (keyof Row & string)[];
  readonly parent?: Parent;
  readonly beside?: Beside;
}

interface Column {
  readonly name: string;
  /** The type of the parameter's elements. Lists are sent as text, because PostgreSQL would flatten a list of lists. */
  readonly given: string;
  /** The cast back to the column's type. */
  readonly cast: string;
  valueOf(row: object): unknown;
}

/**
 * The insertion of whole entities. The table, its columns and their types come from the schema. The first version of a
 * row is the column's default.
 */
export function insertionOf<Entity extends object, Row extends object = Omit<Entity, 'version'>>(
  orm: MikroORM,
  schema: EntitySchema<Entity>,
  { unique, parent, beside }: InsertionOptions<Row> = {},
): Insertion<Row> {
  const { tableName, primaryKeys, props, versionProperty } = orm.getMetadata().get<Entity>(schema.meta.className);
  const stored = props
    .filter(({ name }) => name !== versionProperty)
    .map((prop) => columnOf(orm, prop as unknown as EntityProperty));
  const matched = (parent?.on ?? []).filter((name) => stored.every((column) => column.name !== name));
  const besides = Object.entries(beside?.columns ?? {}).map(([name, given]) => ownColumn(name, given));
  const columns = [...stored, ...matched.map((name) => ownColumn(name, 'text')), ...besides];
  const bankAt = columns.findIndex(({ name }) => name === 'bank_id');
  const isBank = `bank_id = any($${bankAt + 1}::text[])`;
  const text = textOf({ table: tableName, key: primaryKeys, stored, columns, unique, parent, beside, isBank });
  return {
    text,
    bankAt,
    name: statementName(`insert-${tableName}`, text),
    one:
      parent === undefined && beside === undefined
        ? oneOf({ table: tableName, key: primaryKeys, stored, unique })
        : undefined,
    valuesOf: (row) => columns.map((column) => column.valueOf(row)),
  };
}

function columnOf(orm: MikroORM, { name, columnTypes, customType }: EntityProperty): Column {
  const type = columnTypes[0] ?? '';
  const isList = type.endsWith('[]');
  const platform = orm.em.getPlatform();
  const convert = (value: unknown): unknown =>
    customType === undefined ? value : customType.convertToDatabaseValue(value, platform);
  return {
    name,
    given: isList ? 'text' : type,
    cast: isList ? `::${type}` : '',
    valueOf: (row) => convert((row as Record<string, unknown>)[name]),
  };
}

/** A column that is not stored in the table. */
function ownColumn(name: string, given: string): Column {
  return { name, given, cast: '', valueOf: (row) => (row as Record<string, unknown>)[name] };
}

interface Parts {
  readonly table: string;
  readonly key: readonly string[];
  readonly stored: readonly Column[];
  readonly columns: readonly Column[];
  readonly unique: readonly string[] | undefined;
  readonly parent: Parent | undefined;
  readonly beside: Beside | undefined;
  readonly isBank: string;
}

/**
 * Rows are inserted in the order of their unique columns; otherwise concurrent statements could wait for each other's
 * rows.
 */
function textOf({ table, key, stored, columns, unique, parent, beside, isBank }: Parts): string {
  const parents = parent === undefined ? '' : `${parent.text(isBank)},\n`;
  const join = parent === undefined ? '' : ` join parent using (${list(parent.on)})`;
  const besides = beside === undefined ? '' : `,\n${beside.text(`given join stored using (${list(key)})`)}`;
  const isParent = parent === undefined ? 'true' : `exists (select from parent where ${same('parent', parent.on)})`;
  return `with given as materialized (
  select * from unnest(${columns.map(({ given }, index) => `$${index + 1}::${given}[]`).join(', ')}) with ordinality as given (${list(names(columns))}, position)
),
${parents}stored as (
  insert into ${table} (${list(names(stored))})
  select ${stored.map(({ name, cast }) => `given.${name}${cast}`).join(', ')} from given${join}
  order by ${list((unique ?? key).map((name) => `given.${name}`))}${conflict(unique)} returning ${list(key)}
)${besides}
select position::int as position, ${isParent} as has_parent from given
where not exists (select from stored where ${same('stored', key)})`;
}

function oneOf({ table, key, stored, unique }: Pick<Parts, 'table' | 'key' | 'stored' | 'unique'>): Statement {
  const values = list(stored.map((_, index) => `$${index + 1}`));
  const text = `insert into ${table} (${list(names(stored))}) values (${values})${conflict(unique)} returning ${list(key)}`;
  return { name: statementName(`insert-one-${table}`, text), text };
}

const conflict = (unique: readonly string[] | undefined): string =>
  unique === undefined ? '' : ` on conflict (${list(unique)}) do nothing`;
const list = (texts: readonly string[]): string => texts.join(', ');
const names = (columns: readonly Column[]): string[] => columns.map(({ name }) => name);
const same = (table: string, columns: readonly string[]): string =>
  columns.map((name) => `${table}.${name} = given.${name}`).join(' and ');

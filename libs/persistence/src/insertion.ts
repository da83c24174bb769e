import type { EntityProperty, EntitySchema, MikroORM } from '@mikro-orm/postgresql';
import { statementName } from './statement-name.js';

/** Inserts any number of rows into one table by one statement. */
export interface Insertion<Row> {
  /** Its parameters are the columns, each a list of the rows' values. It returns the rows that were not stored, as `Refused`. */
  readonly text: string;
  readonly name: string;
  /** A row's values, in the order of the parameters. @throws what a column's type says of a value that it does not know */
  valuesOf(row: Row): readonly unknown[];
}

/** A row that was not stored: the number of its place, from 1, and whether it had a parent. */
export interface Refused {
  readonly position: number;
  readonly has_parent: boolean;
}

/** The rows of another table, one of which must be there for each row that is inserted, and stay until that is done. */
export interface Parent {
  /** Their columns, each a text, that a row shares with its parent: also such as it has for this alone, and does not store. */
  readonly on: readonly string[];
  /**
   * Common table expressions, the last of which is `parent` and has these columns: those of the rows in `given` that there are, locked.
   * The locks are taken in one order, or two statements could wait for each other.
   */
  readonly text: string;
}

export interface InsertionOptions<Row> {
  /** The columns of the unique index that decides which of two rows is stored. Any other index that refuses a row is an error. */
  readonly unique?: readonly (keyof Row & string)[];
  readonly parent?: Parent;
}

interface Column {
  readonly name: string;
  /** As the parameter's elements: lists travel as text, because a list of lists is flattened. */
  readonly given: string;
  /** What makes it the column's type again. */
  readonly cast: string;
  valueOf(row: object): unknown;
}

/** The insertion of whole entities: their table, its columns and their types are those of the schema. */
export function insertionOf<Entity extends object, Row extends object = Entity>(
  orm: MikroORM,
  schema: EntitySchema<Entity>,
  { unique, parent }: InsertionOptions<Row> = {},
): Insertion<Row> {
  const { tableName, primaryKeys, props } = orm.getMetadata().get<Entity>(schema.meta.className);
  const stored = props.map((prop) => columnOf(orm, prop as unknown as EntityProperty));
  const matched = (parent?.on ?? []).filter((name) => stored.every((column) => column.name !== name));
  const columns = [...stored, ...matched.map(matchedColumn)];
  const text = textOf({ table: tableName, key: primaryKeys, stored, columns, unique, parent });
  return {
    text,
    name: statementName(`insert-${tableName}`, text),
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

function matchedColumn(name: string): Column {
  return { name, given: 'text', cast: '', valueOf: (row) => (row as Record<string, unknown>)[name] };
}

interface Statement {
  readonly table: string;
  readonly key: readonly string[];
  readonly stored: readonly Column[];
  readonly columns: readonly Column[];
  readonly unique: readonly string[] | undefined;
  readonly parent: Parent | undefined;
}

/** Rows go in by the order of their unique columns, for the sake of statements that meet: each waits for the other's rows. */
function textOf({ table, key, stored, columns, unique, parent }: Statement): string {
  const parents = parent === undefined ? '' : `${parent.text},\n`;
  const join = parent === undefined ? '' : ` join parent using (${list(parent.on)})`;
  const conflict = unique === undefined ? '' : ` on conflict (${list(unique)}) do nothing`;
  const isParent = parent === undefined ? 'true' : `exists (select from parent where ${same('parent', parent.on)})`;
  return `with given as materialized (
  select * from unnest(${columns.map(({ given }, index) => `$${index + 1}::${given}[]`).join(', ')}) with ordinality as given (${list(names(columns))}, position)
),
${parents}stored as (
  insert into ${table} (${list(names(stored))})
  select ${stored.map(({ name, cast }) => `given.${name}${cast}`).join(', ')} from given${join}
  order by ${list((unique ?? key).map((name) => `given.${name}`))}${conflict} returning ${list(key)}
)
select position::int as position, ${isParent} as has_parent from given
where not exists (select from stored where ${same('stored', key)})`;
}

const list = (texts: readonly string[]): string => texts.join(', ');
const names = (columns: readonly Column[]): string[] => columns.map(({ name }) => name);
const same = (table: string, columns: readonly string[]): string =>
  columns.map((name) => `${table}.${name} = given.${name}`).join(' and ');

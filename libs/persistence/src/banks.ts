import type { Reader, Statement } from './reader.js';

/** A key that begins with a bank. */
interface OfBank {
  readonly bank_id: string;
}

/** Statements for one bank each that run at the same time: other reads wait behind them, and their rows need memory. */
const banksAtOnce = 8;

/**
 * A statement that looks up keys of any banks. Its first parameter has the bank of each key; from its parameters it
 * makes the rows `key`.
 */
export interface LookUp {
  readonly name: string;
  /** @param bank the bank of the rows that belong to `key`, as SQL */
  readonly text: (bank: string) => string;
}

/** The statement as it runs. Where tables are distributed by the bank it has keys of one bank, and names it as a value. */
export function lookUpAt({ distributed }: Pick<Reader, 'distributed'>, { name, text }: LookUp): Statement {
  return { name, text: text(distributed ? '($1::text[])[1]' : 'key.bank_id') };
}

/** The keys of each statement, in their order: those of one bank where tables are distributed by it, otherwise all. */
export function groupsOf<Key extends OfBank>(keys: readonly Key[], distributed: boolean): (readonly Key[])[] {
  if (!distributed) return keys.length === 0 ? [] : [keys];
  const banks = new Map<string, Key[]>();
  for (const key of keys) {
    const own = banks.get(key.bank_id);
    if (own === undefined) banks.set(key.bank_id, [key]);
    else own.push(key);
  }
  return [...banks.values()];
}

function* inParts<T>(list: readonly T[]): Generator<T[]> {
  for (let begin = 0; begin < list.length; begin += banksAtOnce) yield list.slice(begin, begin + banksAtOnce);
}

/** All rows for keys of any banks. @param lookUp takes the banks and the keys' ids */
export async function rowsOfBanks<Key extends OfBank, Row>(
  reader: Reader,
  lookUp: LookUp,
  keys: readonly Key[],
  idOf: (key: Key) => string,
): Promise<Row[]> {
  const statement = lookUpAt(reader, lookUp);
  const read = (own: readonly Key[]) =>
    reader.rows<Row>({ ...statement, values: [own.map(({ bank_id }) => bank_id), own.map(idOf)] });
  const rows: Row[] = [];
  for (const groups of inParts(groupsOf(keys, reader.distributed)))
    rows.push(...(await Promise.all(groups.map(read))).flat());
  return rows;
}

/** A row of one of the given keys: the key's position, from 1, and the row's own id. */
export interface Placed {
  readonly position: number;
  readonly id: string;
}

export interface KeyPages<Key, Row> {
  /** Whether tables are distributed by the bank. */
  readonly distributed: boolean;
  /** The rows of a full page. */
  readonly full: number;
  /**
   * Reads a page of rows for the keys of one statement, in the order of the keys and then of the rows' ids: from the
   * row of the first key that comes after `after`.
   */
  readonly read: (keys: readonly Key[], after: string) => Promise<Row[]>;
  readonly placeOf: (row: Row) => Placed;
}

/** The rows for keys of any banks in pages that are not empty; each with the keys that it was read for. */
export async function* pagesOfBanks<Key extends OfBank, Row>(
  keys: readonly Key[],
  pages: KeyPages<Key, Row>,
): AsyncGenerator<{ readonly keys: readonly Key[]; readonly rows: Row[] }> {
  for (const groups of inParts(groupsOf(keys, pages.distributed))) {
    const first = await Promise.all(groups.map((own) => pages.read(own, '')));
    for (const [index, own] of groups.entries()) yield* pagesFrom(own, first[index] as Row[], pages);
  }
}

async function* pagesFrom<Key extends OfBank, Row>(
  keys: readonly Key[],
  first: Row[],
  { full, read, placeOf }: KeyPages<Key, Row>,
): AsyncGenerator<{ readonly keys: readonly Key[]; readonly rows: Row[] }> {
  let left = keys;
  let rows = first;
  for (;;) {
    if (rows.length > 0) yield { keys: left, rows };
    const last = rows.at(-1);
    if (last === undefined || rows.length < full) return;
    const { position, id } = placeOf(last);
    left = left.slice(position - 1);
    rows = await read(left, id);
  }
}

/** A key that begins with a bank. */
interface OfBank {
  readonly bank_id: string;
}

/** Banks whose rows are read at the same time: this bounds the memory. */
const banksAtOnce = 8;

/** The keys of each bank, in their order: a statement reads rows of one bank, because tables may be distributed by it. */
export function byBank<Key extends OfBank>(keys: readonly Key[]): Key[][] {
  const banks = new Map<string, Key[]>();
  for (const key of keys) {
    const own = banks.get(key.bank_id);
    if (own === undefined) banks.set(key.bank_id, [key]);
    else own.push(key);
  }
  return [...banks.values()];
}

/** All rows for keys of any banks; one query for each bank. @param read gets the keys of one bank */
export async function rowsOfBanks<Key extends OfBank, Row>(
  keys: readonly Key[],
  read: (bank_id: string, keys: readonly Key[]) => Promise<Row[]>,
): Promise<Row[]> {
  return (await Promise.all(byBank(keys).map((own) => read((own[0] as Key).bank_id, own)))).flat();
}

/** A row of one of the given keys: the key's position, from 1, and the row's own id. */
export interface Placed {
  readonly position: number;
  readonly id: string;
}

export interface KeyPages<Key, Row> {
  /** The rows of a full page. */
  readonly full: number;
  /**
   * Reads a page of rows for keys of one bank, in the order of the keys and then of the rows' ids: from the row of the
   * first key that comes after `after`.
   */
  readonly read: (bank_id: string, keys: readonly Key[], after: string) => Promise<Row[]>;
  readonly placeOf: (row: Row) => Placed;
}

/** The rows for keys of any banks in pages that are not empty, bank by bank; each with the keys that it was read for. */
export async function* pagesOfBanks<Key extends OfBank, Row>(
  keys: readonly Key[],
  pages: KeyPages<Key, Row>,
): AsyncGenerator<{ readonly keys: readonly Key[]; readonly rows: Row[] }> {
  const banks = byBank(keys);
  for (let begin = 0; begin < banks.length; begin += banksAtOnce) {
    const some = banks.slice(begin, begin + banksAtOnce);
    const first = await Promise.all(some.map((own) => pages.read((own[0] as Key).bank_id, own, '')));
    for (const [index, own] of some.entries()) yield* pagesFrom(own, first[index] as Row[], pages);
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
    rows = await read((left[0] as Key).bank_id, left, id);
  }
}

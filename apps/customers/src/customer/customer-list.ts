import type { Page } from '@platform/input';
import { pagesOf, type Query, type Reader } from '@platform/persistence';
import { bankListKey } from './customer-list-parts.sql.js';
import {
  anyBankList,
  anyBankListKey,
  bankList,
  bankStretch,
  changedAmong,
  changedList,
  changedListKey,
  type Direction,
  nextBank,
  type Selection,
} from './customer.sql.js';

/** Rows fetched at once: this bounds the memory of a list, whatever its limit. */
export const chunkRows = 500;

/** Up to this many rows are read fast enough to share a connection with other short reads. */
const shortRows = 100;

/** The position of a row in a list. `sort` is last_ok_date as PostgreSQL's text, or infinity. */
interface Key {
  readonly sort: string;
  readonly customer_id: string;
  readonly bank_id: string;
}

/** Keys before and after every row: ids consist of letters, digits and "-._", and all sort before "~". */
const lowest: Key = { sort: '-infinity', customer_id: '', bank_id: '' };
const highest: Key = { sort: 'infinity', customer_id: '~', bank_id: '~' };
const start: Readonly<Record<Direction, Key>> = { asc: lowest, desc: highest };
const end: Readonly<Record<Direction, Key>> = { asc: highest, desc: lowest };

/** The queries for the list of one bank. */
interface BankReads<Row> {
  /** At most `rows` rows after a key, after skipping `skipped` of them. */
  rows(after: Key, rows: number, skipped: number): Promise<(Row & Key)[]>;
  /** The key of the row at a position in the list. */
  key(place: number): Promise<Key | undefined>;
}

/** A page of a bank's customers in chunks, by last_ok_date and customer id. */
export function listBank<Row>(
  reader: Reader,
  selection: Selection,
  bank_id: string,
  page: Page,
): AsyncGenerator<Row[]> {
  const statement = bankList(page.direction, selection);
  return walkBank<Row>(page, {
    rows(after, rows, skipped) {
      const query = { ...statement, values: [bank_id, after.sort, after.customer_id, rows, skipped] };
      return rows + skipped <= shortRows ? reader.rows(query) : reader.page(query);
    },
    key: (place) => keyAt(reader, bankListKey(page.direction), [bank_id, place]),
  });
}

/** Selects some of a bank's customers. */
export interface Choice {
  /** Bounds of the last change, both inclusive: times as PostgreSQL's texts, or infinity. */
  readonly from: string;
  readonly to: string;
  /** Only these customers. */
  readonly ids?: readonly string[];
}

/** A page of a bank's selected customers in chunks, by last_ok_date and customer id. */
export function listChosen<Row>(
  reader: Reader,
  bank_id: string,
  { from, to, ids }: Choice,
  page: Page,
): AsyncGenerator<Row[]> {
  const { direction } = page;
  const bounds = [bank_id, from, to];
  if (ids === undefined) {
    return walkBank<Row>(page, {
      rows: (after, rows, skipped) =>
        reader.page({
          text: changedList(direction),
          values: [...bounds, after.sort, after.customer_id, rows, skipped],
        }),
      key: (place) => keyAt(reader, { text: changedListKey(direction) }, [...bounds, place]),
    });
  }
  const read: BankReads<Row>['rows'] = (after, rows, skipped) =>
    reader.page({
      text: changedAmong(direction),
      values: [...bounds, after.sort, after.customer_id, rows, skipped, ids],
    });
  return walkBank<Row>(page, { rows: read, key: async (place) => (await read(start[direction], 1, place))[0] });
}

async function* walkBank<Row>({ direction, offset, limit }: Page, reads: BankReads<Row>): AsyncGenerator<Row[]> {
  // A small offset is skipped by the query itself; for a large one, the row before the page is located first.
  const skipped = offset <= chunkRows ? offset : 0;
  const first = offset === skipped ? start[direction] : await reads.key(offset - 1);
  if (first !== undefined)
    yield* walk<Row>(limit, first, (after, rows) => reads.rows(after, rows, after === first ? skipped : 0));
}

/**
 * A page of all banks' customers in chunks: the page is selected by last_ok_date and key, and then ordered by bank. A
 * page that fits into one chunk is sorted here; a longer one is read again bank by bank, between its first and its last
 * row.
 */
export async function* listAnyBank<Row extends Key>(
  reader: Reader,
  selection: Selection,
  page: Page,
): AsyncGenerator<Row[]> {
  const { direction, offset, limit } = page;
  const keyStatement = anyBankListKey(direction);
  const keyBehind = (key: Key, places: number) =>
    keyAt(reader, keyStatement, [key.sort, key.customer_id, key.bank_id, places - 1]);
  const first = offset === 0 ? start[direction] : await keyBehind(start[direction], offset);
  if (first === undefined) return;
  if (limit <= chunkRows) {
    const statement = anyBankList(direction, selection);
    const rows = await reader.page<Row>({
      ...statement,
      values: [first.sort, first.customer_id, first.bank_id, limit],
    });
    yield rows.sort((a, b) => (a.bank_id < b.bank_id ? -1 : Number(a.bank_id > b.bank_id)));
    return;
  }
  const last = (await keyBehind(first, limit)) ?? end[direction];
  const stretch = bankStretch(direction, selection);
  for await (const bank_id of banks(reader)) {
    yield* walk<Row>(Infinity, first, (after, rows) =>
      reader.page({
        ...stretch,
        values: [
          bank_id,
          after.sort,
          after.customer_id,
          after.bank_id,
          last.sort,
          last.customer_id,
          last.bank_id,
          rows,
        ],
      }),
    );
  }
}

/** Reads chunks after a key, until the limit or the end of the list. */
function walk<Row>(
  limit: number,
  from: Key,
  read: (after: Key, rows: number) => Promise<(Row & Key)[]>,
): AsyncGenerator<Row[]> {
  return pagesOf<Row & Key>(chunkRows, (last, rows) => read(last ?? from, rows), { limit });
}

async function* banks(reader: Reader): AsyncGenerator<string> {
  for (let bank_id: string | undefined = ''; ;) {
    const rows: { bank_id: string }[] = await reader.page({ ...nextBank, values: [bank_id] });
    bank_id = rows[0]?.bank_id;
    if (bank_id === undefined) return;
    yield bank_id;
  }
}

async function keyAt(
  reader: Reader,
  statement: Omit<Query, 'values'>,
  values: readonly unknown[],
): Promise<Key | undefined> {
  const rows = await reader.page<Key>({ ...statement, values });
  return rows[0];
}

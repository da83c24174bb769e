import { expect, it } from '@jest/globals';
import { type LookUp, lookUpAt, groupsOf, pagesOfBanks, rowsOfBanks } from './banks.js';
import type { Query, Reader } from './reader.js';

const key = (bank_id: string, id: string) => ({ bank_id, id });

const lookUp: LookUp = { name: 'some', text: (bank) => `select from some where bank_id = ${bank}` };

/** A reader that answers each key of a query with its bank and id, and records the queries of each moment. */
function recordingReader(distributed: boolean): { reader: Reader; asked: Query[]; atOnce: () => number } {
  const asked: Query[] = [];
  let running = 0;
  let most = 0;
  const rows = async (query: Query) => {
    asked.push(query);
    most = Math.max(most, (running += 1));
    await new Promise(setImmediate);
    running -= 1;
    const [banks, ids] = query.values as string[][];
    return banks?.map((bank, index) => `${bank}${ids?.[index]}`) ?? [];
  };
  return { reader: { rows, distributed } as unknown as Reader, asked, atOnce: () => most };
}
const idOf = ({ id }: { id: string }) => id;

it('keeps the order of the banks and of the keys of each', () => {
  const keys = [key('b', '2'), key('a', '1'), key('b', '1')];
  expect(groupsOf(keys, true)).toEqual([[key('b', '2'), key('b', '1')], [key('a', '1')]]);
  expect(groupsOf(keys, false)).toEqual([keys]);
  expect([groupsOf([], true), groupsOf([], false)]).toEqual([[], []]);
});

it('reads keys of any banks with one statement', async () => {
  const { reader, asked } = recordingReader(false);
  const rows = await rowsOfBanks(reader, lookUp, [key('b', '2'), key('a', '1'), key('b', '1')], idOf);
  expect(rows).toEqual(['b2', 'a1', 'b1']);
  expect(asked).toEqual([
    {
      name: 'some',
      text: 'select from some where bank_id = key.bank_id',
      values: [
        ['b', 'a', 'b'],
        ['2', '1', '1'],
      ],
    },
  ]);
  expect(await rowsOfBanks(reader, lookUp, [], idOf)).toEqual([]);
  expect(asked).toHaveLength(1);
});

it('reads each bank of distributed tables with a statement of its own, a few at the same time', async () => {
  const { reader, asked, atOnce } = recordingReader(true);
  const keys = Array.from({ length: 40 }, (_, n) => key(`bank${n % 20} `, String(n)));
  const rows = await rowsOfBanks(reader, lookUp, keys, idOf);
  expect([...rows].sort()).toEqual(keys.map(({ bank_id, id }) => bank_id + id).sort());
  expect(asked.map(({ values }) => new Set(values[0] as string[]).size)).toEqual(Array(20).fill(1));
  expect(asked[0]?.text).toBe(lookUpAt({ distributed: true }, lookUp).text);
  expect(asked[0]?.text).toMatch(/bank_id = \(\$1::text\[\]\)\[1\]$/);
  expect([atOnce() > 1, atOnce() <= 8]).toEqual([true, true]);
});

/** Keys whose rows are "1" to the number in their id, read in pages of three. */
function pagesOf(keys: readonly ReturnType<typeof key>[], distributed: boolean) {
  return pagesOfBanks(keys, {
    distributed,
    full: 3,
    read: async (own, after) =>
      own
        .flatMap(({ bank_id, id }, index) =>
          Array.from({ length: Number(id) }, (_, row) => ({ bank_id, position: index + 1, id: String(row + 1) })),
        )
        .filter(({ position, id }) => position > 1 || id > after)
        .slice(0, 3),
    placeOf: (row) => row,
  });
}

const keys = [key('a', '2'), key('b', '1'), key('a', '5')];
it.each([
  {
    distributed: false,
    expected: ['a 2 1', 'a 2 2', 'b 1 1', 'a 5 1', 'a 5 2', 'a 5 3', 'a 5 4', 'a 5 5'],
    sizes: [3, 3, 2],
  },
  {
    distributed: true,
    expected: ['a 2 1', 'a 2 2', 'a 5 1', 'a 5 2', 'a 5 3', 'a 5 4', 'a 5 5', 'b 1 1'],
    sizes: [3, 3, 1, 1],
  },
])('goes on after the last row of a full page, distributed: $distributed', async ({ distributed, expected, sizes }) => {
  const read: string[] = [];
  const found: number[] = [];
  for await (const { keys: own, rows } of pagesOf(keys, distributed)) {
    found.push(rows.length);
    for (const row of rows) read.push(`${row.bank_id} ${own[row.position - 1]?.id} ${row.id}`);
  }
  expect([read, found]).toEqual([expected, sizes]);
});

it.each([true, false])('yields nothing where there are no rows, distributed: %s', async (distributed) => {
  const banks = Array.from({ length: 20 }, (_, n) => key(`bank${n}`, n === 19 ? '1' : '0'));
  const found: string[] = [];
  for await (const { rows } of pagesOf(banks, distributed)) found.push(...rows.map(({ bank_id }) => bank_id));
  expect(found).toEqual(['bank19']);
});

import { expect, it } from '@jest/globals';
import { byBank, pagesOfBanks, rowsOfBanks } from './banks.js';

const key = (bank_id: string, id: string) => ({ bank_id, id });

it('keeps the order of the banks and of the keys of each', () => {
  const keys = [key('b', '2'), key('a', '1'), key('b', '1')];
  expect(byBank(keys)).toEqual([[key('b', '2'), key('b', '1')], [key('a', '1')]]);
  expect(byBank([])).toEqual([]);
});

it('reads each bank once, all at the same time', async () => {
  const asked: string[] = [];
  let free = () => undefined as void;
  const together = new Promise<void>((resolve) => (free = resolve));
  const rows = await rowsOfBanks([key('b', '2'), key('a', '1'), key('b', '1')], async (bank_id, own) => {
    asked.push(bank_id);
    if (asked.length === 2) free();
    await together;
    return own.map(({ id }) => bank_id + id);
  });
  expect([asked, rows]).toEqual([
    ['b', 'a'],
    ['b2', 'b1', 'a1'],
  ]);
});

/** Keys whose rows are "1" to the number in their id, read in pages of three. */
function pagesOf(keys: readonly ReturnType<typeof key>[]) {
  return pagesOfBanks(keys, {
    full: 3,
    read: async (bank_id, own, after) =>
      own
        .flatMap(({ id }, index) =>
          Array.from({ length: Number(id) }, (_, row) => ({ bank_id, position: index + 1, id: String(row + 1) })),
        )
        .filter(({ position, id }) => position > 1 || id > after)
        .slice(0, 3),
    placeOf: (row) => row,
  });
}

it('goes on after the last row of a full page, bank by bank', async () => {
  const read: string[] = [];
  const sizes: number[] = [];
  for await (const { keys, rows } of pagesOf([key('a', '2'), key('b', '1'), key('a', '5')])) {
    sizes.push(rows.length);
    for (const row of rows) read.push(`${row.bank_id} ${keys[row.position - 1]?.id} ${row.id}`);
  }
  expect(read).toEqual(['a 2 1', 'a 2 2', 'a 5 1', 'a 5 2', 'a 5 3', 'a 5 4', 'a 5 5', 'b 1 1']);
  expect(sizes).toEqual([3, 3, 1, 1]);
});

it('yields nothing where there are no rows, for any number of banks', async () => {
  const banks = Array.from({ length: 20 }, (_, n) => key(`bank${n}`, n === 19 ? '1' : '0'));
  const found: string[] = [];
  for await (const { rows } of pagesOf(banks)) found.push(...rows.map(({ bank_id }) => bank_id));
  expect(found).toEqual(['bank19']);
});

import { expect, it } from '@jest/globals';
import type { JournalEntry } from '@platform/messages';
import { firstPage, mergedPage, type Place, readPlace, writePlace } from './history-page.js';

const entry = (number: number, second: number): JournalEntry =>
  ({ number, occurred_at: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z` }) as JournalEntry;

/** Reads as a service does: newest first, before a number. */
const reading = (journal: readonly JournalEntry[], before: number, limit: number) =>
  journal.filter(({ number }) => before === 0 || number < before).slice(0, limit);

it('gives every entry of all journals once, newest first, whatever the page size is', () => {
  const journals = [[entry(9, 50), entry(4, 20), entry(1, 10)], [entry(7, 40), entry(2, 15)], [] as JournalEntry[]];
  for (const limit of [1, 2, 3, 10]) {
    const seen: JournalEntry[] = [];
    for (let place: Place | undefined = firstPage(3); place !== undefined;) {
      const at: Place = place;
      const { entries, next } = mergedPage(
        journals.map((journal, index) => reading(journal, at[index] as number, limit)),
        at,
        limit,
      );
      seen.push(...entries);
      place = next === undefined ? undefined : readPlace(writePlace(next), 3);
    }
    expect(seen.map(({ occurred_at }) => occurred_at.slice(17, 19))).toEqual(['50', '40', '20', '15', '10']);
  }
});

it('keeps the order of one journal where its times contradict it', () => {
  const { entries } = mergedPage([[entry(3, 10), entry(2, 30)], [entry(8, 20)]], firstPage(2), 10);
  expect(entries.map(({ number }) => number)).toEqual([8, 3, 2]);
});

it.each(['', 'x', 'bm8', writePlace([1, 2]), writePlace([1, 2, -1]), writePlace([1, 2, 0.5])])(
  'does not read %p as a place',
  (text) => expect(readPlace(text, 3)).toBeUndefined(),
);

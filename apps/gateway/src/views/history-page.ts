import type { JournalEntry } from '@platform/messages';

/**
 * Where a page over several journals begins: for each journal the number before which it continues; 0: at its newest
 * entry.
 */
export type Place = readonly number[];

/** Before the first entry there is none. */
const ended = 1;

export function firstPage(journals: number): Place {
  return Array.from({ length: journals }, () => 0);
}

export function writePlace(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @returns undefined for a text that `writePlace` has not written */
export function readPlace(text: string, journals: number): Place | undefined {
  try {
    const place = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown;
    const isPlace = Array.isArray(place) && place.length === journals && place.every(isNumber);
    return isPlace ? (place as Place) : undefined;
  } catch {
    return undefined;
  }
}

function isNumber(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export interface MergedPage {
  readonly entries: readonly JournalEntry[];
  /** Absent: there are no more. */
  readonly next: Place | undefined;
}

/**
 * The newest entries of all journals. Entries of one journal stay in its order, whatever their times are.
 * @param read the next entries of each journal, newest first, as many as were asked for if there are so many
 */
export function mergedPage(read: readonly (readonly JournalEntry[])[], place: Place, limit: number): MergedPage {
  const taken = read.map(() => 0);
  const entries: JournalEntry[] = [];
  while (entries.length < limit) {
    const newest = newestOf(read.map((journal, index) => journal[taken[index] as number]));
    if (newest === undefined) break;
    entries.push(newest.entry);
    taken[newest.journal] = (taken[newest.journal] as number) + 1;
  }
  const next = read.map((journal, index) => {
    const count = taken[index] as number;
    if (journal.length < limit && count === journal.length) return ended;
    return count === 0 ? (place[index] as number) : (journal[count - 1] as JournalEntry).number;
  });
  return { entries, next: next.every((number) => number === ended) ? undefined : next };
}

function newestOf(heads: readonly (JournalEntry | undefined)[]): { entry: JournalEntry; journal: number } | undefined {
  let newest: { entry: JournalEntry; journal: number } | undefined;
  heads.forEach((entry, journal) => {
    if (entry !== undefined && (newest === undefined || entry.occurred_at > newest.entry.occurred_at))
      newest = { entry, journal };
  });
  return newest;
}

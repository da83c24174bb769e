import { fail } from '@platform/failure';
import { checkText, isId } from '@platform/input';
import { Failure } from '@platform/messages';

/** The error for a text that is not a date. */
export const noDate = 'must be a date like 2013-01-21T23:08:00Z.';

/** The character limit of texts that have no limit of their own. */
const usualLimit = 255;

/**
 * Refuses an import.
 * @param place where the fault is, e.g. users[3].email
 * @throws ObpFailure OBP-10001
 */
export function refuse(place: string, fault: string): never {
  return fail(Failure.FAILURE_IMPORT_INVALID, ` ${place} ${fault}`);
}

/** Checks a member that only a direct gRPC caller can leave out. */
export function required<T>(place: string, value: T | null | undefined): T {
  return value ?? refuse(place, 'is missing.');
}

/** Checks the id of something that will be created. */
export function checkNewId(place: string, id: string): void {
  if (!isId(id)) refuse(place, 'must be 1 to 255 characters out of 0-9, A-Z, a-z, "-", "." and "_".');
}

/** Checks that a name refers to something in the same import. */
export function checkKnown(place: string, name: string, known: ReadonlySet<string>, what: string): void {
  if (!known.has(name)) refuse(place, `must name ${what} of the same import.`);
}

/** Checks every text of an item, at any depth, against the limits by member name. */
export function checkItem(place: string, item: object, limits: Readonly<Record<string, number>> = {}): void {
  for (const [name, value] of Object.entries(item) as [string, unknown][]) {
    if (typeof value === 'string') checkText(`${place}.${name}`, value, limits[name] ?? usualLimit);
    else if (typeof value === 'object' && value !== null) checkItem(`${place}.${name}`, value, limits);
  }
}

/** Checks that no two items of a list have the same key; items without a key are not compared. */
export function checkUnique<Item>(
  list: string,
  items: readonly Item[],
  member: string,
  keyOf: (item: Item) => string | undefined,
): void {
  const places = new Map<string, number>();
  items.forEach((item, index) => {
    const key = keyOf(item);
    if (key === undefined) return;
    const earlier = places.get(key);
    if (earlier !== undefined) refuse(`${list}[${index}].${member}`, `is that of ${list}[${earlier}] already.`);
    places.set(key, index);
  });
}

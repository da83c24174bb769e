import { fail } from '@platform/failure';
import { Failure, type NameValue } from '@platform/messages';

const maxFilters = 20;
/** Characters of an attribute's name and value. */
const limits = { name: 50, value: 2_000 } as const;

/**
 * @throws ObpFailure OBP-10016 for a name or value that no attribute can have, and for more filters than one look-up
 * allows
 */
export function checkFilters(filters: readonly NameValue[]): void {
  if (filters.length > maxFilters) refuse(`At most ${maxFilters} attributes can be asked for.`);
  for (const filter of filters) {
    checkLength(filter, 'name');
    checkLength(filter, 'value');
  }
}

function checkLength(filter: NameValue, part: keyof typeof limits): void {
  const text = filter[part];
  if (text.includes('\0')) refuse(`The ${part} of an attribute must not contain the NUL character.`);
  // A character outside the basic plane counts once in the database and twice in JavaScript.
  if (text.length > limits[part] && [...text].length > limits[part])
    refuse(`The ${part} of an attribute must not be longer than ${limits[part]} characters.`);
}

function refuse(reason: string): never {
  return fail(Failure.FAILURE_INVALID_FILTER_PARAMETERS, reason);
}
